"""What acts: rehearse, deploy order, connect, teardown."""

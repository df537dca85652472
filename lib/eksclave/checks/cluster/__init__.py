"""The cluster itself and its nodes."""

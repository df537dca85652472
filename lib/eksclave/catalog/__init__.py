"""AWS facts, no decisions."""

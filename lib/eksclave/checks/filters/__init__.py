"""Security groups and NACLs."""

"""Names: what must resolve, and where to."""

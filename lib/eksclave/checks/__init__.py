"""One question per file about a snapshot: what must be true for a private cluster to boot."""

"""Routes, zones and ranges."""

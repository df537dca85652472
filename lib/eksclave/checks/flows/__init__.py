"""Required flows, traced."""

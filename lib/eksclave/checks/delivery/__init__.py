"""Images, order of creation, discovery by tags."""

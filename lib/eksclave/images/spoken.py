"""What registries and tools said, made fit to print: without secrets, and without what a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST_SECRET = 4
"""A login with a shorter secret keeps nothing secret; blotting it out would only riddle every message."""


def blot(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without these secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return text


def tame(text: str, most: int = 300) -> str:
    """Return `text` on one line, no longer than `most`, control characters replaced."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= most else f"{text[:most]}…"

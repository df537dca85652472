"""Rules and routes of which the input does not say whose they are."""

from __future__ import annotations

Unsure = list[tuple[str, tuple[str, ...]]]
"""Addresses of rules and routes whose owner is open, each with the owners that it can have; none means any."""


def may_belong(unsure: Unsure, key: str) -> str:
    """Say which of the open ones may belong to a thing, or nothing."""
    return next((f"{address} may belong to it" for address, owners in unsure if not owners or key in owners), "")

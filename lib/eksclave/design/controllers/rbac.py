"""RBAC rules as the model keeps them: (api groups, resources, verbs, resource names)."""

from __future__ import annotations

AccessRule = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]

READ = ("get", "list", "watch")


def rule(group: str, resources: str, verbs: tuple[str, ...], *names: str) -> AccessRule:
    """Return one rule; `resources` are words divided by blanks, the core group is the empty word."""
    return ((group,), tuple(resources.split()), verbs, names)

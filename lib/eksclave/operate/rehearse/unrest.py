"""A second plan that is not empty: which attributes it would change, read from the plan itself."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]
_LONG = 120


def differences(plan: Json) -> dict[str, str]:
    """Return address → `action: attribute: before → after; …` for every change of a plan's JSON."""
    return {change["address"]: _told(change["change"]) for change in plan.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])}  # fmt: skip


def _told(change: Json) -> str:
    action = " and ".join(change["actions"])
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    hidden = {
        word for side in ("before_sensitive", "after_sensitive") for word, on in _words(change.get(side)) if on is True
    }
    if "update" not in change["actions"] and len(change["actions"]) == 1:
        return action
    parts = []
    for word in sorted({*before, *after, *unknown}):
        new = "(known after apply)" if unknown.get(word) is True else _short(after.get(word))
        if _short(before.get(word)) != new:
            parts.append(f"{word}: (sensitive)" if word in hidden else f"{word}: {_short(before.get(word))} → {new}")
    return f"{action}: {'; '.join(parts)}" if parts else action


def _words(marks: Any) -> list[tuple[str, Any]]:
    return list(marks.items()) if isinstance(marks, dict) else []


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"

"""A plan as its differences from another: what changes, keyed by address where a list holds addressed things."""

from __future__ import annotations

import copy
from typing import Any

Change = list[Any]
"""[path] drops what is there, [path, value] puts a value there. A step `@ADDRESS` is the member with that address."""


def changes(before: Any, after: Any, path: tuple[Any, ...] = ()) -> list[Change]:
    """Return what turns one document into the other; members that are new in an addressed list come last."""
    if isinstance(before, dict) and isinstance(after, dict):
        return _of_names(before, after, path)
    if isinstance(before, list) and isinstance(after, list):
        old, new = _addressed(before), _addressed(after)
        if old is not None and new is not None:
            return _of_names(old, new, path)
        if len(before) == len(after):
            return [
                one for at, pair in enumerate(zip(before, after, strict=True)) for one in changes(*pair, (*path, at))
            ]
    return [] if before == after else [[list(path), after]]


def _of_names(before: dict[str, Any], after: dict[str, Any], path: tuple[Any, ...]) -> list[Change]:
    found: list[Change] = []
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            found.append([[*path, name]])
        elif name not in before:
            found.append([[*path, name], after[name]])
        else:
            found += changes(before[name], after[name], (*path, name))
    return found


def _addressed(members: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(one, dict) and isinstance(one.get("address"), str) for one in members):
        return None
    found = {f"@{one['address']}": one for one in members}
    return found if len(found) == len(members) else None


def applied(document: Any, listed: list[Change]) -> Any:
    """Return the document with the changes made; the original stays as it is."""
    result = copy.deepcopy(document)
    for change in listed:
        *way, last = change[0]
        place = result
        for step in way:
            place = place[_step(place, step)]
        if len(change) == 1:
            del place[_step(place, last)]
        elif isinstance(place, list) and isinstance(last, str) and not _there(place, last):
            place.append(change[1])
        else:
            place[_step(place, last)] = change[1]
    return result


def _there(place: list[Any], step: str) -> bool:
    return any(f"@{one['address']}" == step for one in place)


def _step(place: Any, step: Any) -> Any:
    if isinstance(place, list) and isinstance(step, str):
        return next(at for at, one in enumerate(place) if f"@{one['address']}" == step)
    return step

"""Which value stands under which key: `for_each = {doors = {group = aws_security_group.doors.id}, main = {…}}`."""

from __future__ import annotations

from collections.abc import Sequence

from eksclave.terraform.scope import Key
from eksclave.terraform.steps import Found, bears


def paired(found: Found, key: Key, siblings: Sequence[Key], equal: bool, notes: list[str]) -> Found:
    """Return what stands under a key, where as many things are named as there are keys.

    By the words that keys and things share; what is left over belongs to the keys that are left over. Where no word
    tells and the instances are `equal` otherwise, it is the same which has which. Else all of it.
    """
    if len(found) < 2 or len(found) != len(siblings) or key not in siblings:
        return found
    chosen: dict[Key, int] = {}
    for sibling in siblings:
        fitting = [at for at, (term, _) in enumerate(found) if isinstance(sibling, str) and bears(sibling, term)]
        if len(fitting) == 1:
            chosen[sibling] = fitting[0]
    things = all(term.root == "resource" for term, _ in found)  # a local or an input may hold any number
    if len(set(chosen.values())) < len(chosen) or (not chosen and not (equal and things)):
        return found
    if not chosen:
        notes.append(f"{key!r} stands for one of {len(found)} things, its siblings for the others: the plan lost which")
        return [found[sorted(map(str, siblings)).index(str(key))]]
    mine = [chosen[key]] if key in chosen else [at for at in range(len(found)) if at not in chosen.values()]
    if len(mine) == 1:
        notes.append(f"{key!r} stands for {found[mine[0]][0].name}: the plan does not keep which value has which key")
    return [found[at] for at in mine]

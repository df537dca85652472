"""What waits for what within a module: a block cannot be given anything of a block that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.terraform.references import all_references, parse


def waiting(module: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return of each block of a module the blocks that it waits for, by what is written: references and depends_on.

    What stands in locals is not seen, so this never says too much.
    """
    direct: dict[str, set[str]] = {}
    for block in module.get("resources") or ():
        name = f"{block.get('type')}.{block.get('name')}"
        name = f"data.{name}" if block.get("mode") == "data" else name
        said = all_references([block.get(part) for part in ("expressions", "for_each_expression", "count_expression")])
        said += [one for one in block.get("depends_on") or () if isinstance(one, str)]
        found = (parse(reference) for reference in said)
        direct[name] = {term.name for term in found if term.root in ("resource", "data")}
    return {name: _closure(name, direct) for name in direct}


def _closure(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    todo = list(direct[name])
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += direct.get(one, ())
    return frozenset(found)

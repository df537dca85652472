"""What root outputs tell about values that are not known yet: the keys of their maps and the lengths of their lists.

`output "subnets" { value = module.network.subnet_ids }` shows `{"app": [true, true, true]}` as not known: three subnets
under `app`, whatever filter the module makes them with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eksclave.terraform.references import Term, terms
from eksclave.terraform.settle import Hit, alternatives
from eksclave.terraform.values import AnyOf, Path
from eksclave.terraform.words import Lost

Shape = Any
"""A dict or list with a Shape at every place, anything else at a leaf."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of what the root module names, by the term that a root output hands out unchanged."""

    shown: Mapping[tuple[str, str], Mapping[Path, Shape]]

    def length(self, term: Term, path: Path, lost: Sequence[Lost]) -> int | None:
        """Return how many members stand at a path of a term, a lost index taken from its words; None if not shown."""
        for start, shape in self.shown.get((term.root, term.name), {}).items():
            if path[: len(start)] == start:
                found = _at(shape, path[len(start) :], lost) if isinstance(shape, dict) else None
                if isinstance(found, list) and not any(isinstance(one, (list, dict)) for one in found):
                    return len(found)
        return None


def shapes(document: Mapping[str, Any]) -> Shapes:
    """Return what the root outputs of a plan show. Only an output of one module's or local's value tells its shape.

    A list by itself may be a part of what it refers to (`slice()`); a map of lists is handed out as it is.
    """
    shown: dict[tuple[str, str], dict[Path, Shape]] = {}
    declared = ((document.get("configuration") or {}).get("root_module") or {}).get("outputs") or {}
    for name, change in (document.get("output_changes") or {}).items():
        expression = (declared.get(name) or {}).get("expression")
        references = expression.get("references") if isinstance(expression, dict) else None
        listed = terms(references) if isinstance(references, list) else []
        shape = _whole(change.get("after"), change.get("after_unknown")) if isinstance(change, dict) else None
        if len(listed) == 1 and listed[0].root in ("module", "local") and isinstance(shape, dict):
            known = shown.setdefault((listed[0].root, listed[0].name), {})
            known[listed[0].rest] = shape if known.get(listed[0].rest, shape) == shape else None  # they contradict
    return Shapes(shown)


def _whole(after: Any, unknown: Any) -> Shape:
    """Join what is known and what is not: `after` leaves out of an object what `after_unknown` has, and the reverse."""
    if isinstance(unknown, dict):
        known = after if isinstance(after, dict) else {}
        return {key: _whole(known.get(key), unknown.get(key)) for key in {**known, **unknown}}
    if isinstance(unknown, list):
        known = after if isinstance(after, list) else []
        return [_whole(known[at] if at < len(known) else None, one) for at, one in enumerate(unknown)]
    return True if unknown is True else after


def _at(shape: Shape, path: Path, lost: Sequence[Lost]) -> Shape:
    for step in path:
        if isinstance(shape, dict):
            shape = shape.get(step)
        else:
            shape = shape[step] if isinstance(shape, list) and isinstance(step, int) and step < len(shape) else None
    for index in lost:
        if isinstance(shape, dict) and len(index) == 1 and index[0] in shape:
            shape = shape[index[0]]
    return shape


def fitting(hits: Sequence[Hit], count: int) -> list[Hit]:
    """Leave of what a list may be the lists of so many members, where there are such."""
    options = alternatives([Hit(tuple(member for hit in hits for member in hit.members), True), *hits])
    right = [tuple(one) for one in options if len(one) == count]
    guessed = all(hit.guessed for hit in hits)
    if len(right) == 1:
        return [Hit(right[0], True, guessed)]
    if right:
        return [Hit((AnyOf(tuple(map(list, right)), f"several lists of {count}"),), True, guessed)]
    return list(hits)

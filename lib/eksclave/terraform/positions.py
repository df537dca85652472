"""Which member of several joined lists a number means: `concat(aws_subnet.a[*].id, aws_subnet.b[*].id)[1]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from eksclave.terraform.references import Term
from eksclave.terraform.scope import Key
from eksclave.terraform.settle import Hit, alternatives, one_of
from eksclave.terraform.steps import joined
from eksclave.terraform.values import Path, Ref, Value

if TYPE_CHECKING:
    from eksclave.terraform.place import Place, Trail, Want
    from eksclave.terraform.trace import Tracer


def numbered(key: Key, siblings: Sequence[Key]) -> int | None:
    """Return the number that a key of `{for i, x in list : i => x}` is; None where its siblings are no numbers."""
    if isinstance(key, int):
        return key
    in_order = {str(at) for at in range(len(siblings))} == set(siblings)
    return int(key) if isinstance(key, str) and key.isdigit() and in_order else None


def position(listed: Sequence[Term], place: Place, want: Want, rest: Path) -> int | None:
    """Return the number in a list that an expression of several lists means, None where nothing counts."""
    if want.plural or want.kind is None or sum(_may_be_list(term, place) for term in set(listed)) < 2:
        return None
    counts = sum(term.root == "count" for term in listed)
    if counts:
        return place.key if counts == 1 and isinstance(place.key, int) else None
    if rest:
        return rest[0] if isinstance(rest[0], int) else None
    numbers = [index[0] for index in want.lost if len(index) == 1 and isinstance(index[0], int)]
    return numbers[-1] if numbers else None


def _may_be_list(term: Term, place: Place) -> bool:
    if term.root == "resource":
        return bool(place.scope.instances.get(term.name)) and None not in place.scope.instances[term.name]
    return term.root in ("var", "module", "local")


def at_position(
    tracer: Tracer, number: int, listed: Sequence[Term], place: Place, want: Want, rest: Path, trail: Trail, least: int
) -> list[Hit]:
    """Return the member with this number of what the terms give together; empty where fewer than `least` are lists."""
    terms = [term for term in listed if term.root not in ("count", "each")]
    rest = rest[1:] if rest and isinstance(rest[0], int) else rest
    lost = tuple(index for index in want.lost if len(index) != 1 or not isinstance(index[0], int))
    wide = replace(want, plural=True, lost=lost, count=None)
    told = len(trail.notes)
    found = [(term, hits) for term in terms if (hits := tracer.follow([term], place, wide, rest, trail))]
    lists: list[list[Value]] = []
    if sum(any(hit.many for hit in hits) for _, hits in found) >= least:
        lists = [one for one in alternatives(joined(found, terms, rest, wide)) if number < len(one)]
    if not lists:
        del trail.notes[told:]
        return []
    member = one_of([one[number] for one in lists], f"the plan does not keep which list has number {number}")
    if isinstance(member, Ref):
        trail.notes.append(
            f"taken to be {member}, number {number} of the joined lists: the plan does not keep the index"
        )
    return [Hit((member,))]

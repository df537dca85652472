"""Steps of a path that no resource has: the keys of maps and objects that expressions put together on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eksclave.terraform.kinds import Kind, produces
from eksclave.terraform.references import Term, split
from eksclave.terraform.scope import Instance
from eksclave.terraform.values import AnyOf, Path, Ref
from eksclave.terraform.words import telling, within, words

if TYPE_CHECKING:
    from eksclave.terraform.settle import Hit
    from eksclave.terraform.trace import Want


def attribute_of(path: Path, instance: Instance, kind: Kind | None) -> tuple[Path, Path]:
    """Split a path into the attribute of the resource and the other steps: keys of maps made from it.

    `{for k, s in aws_subnet.this : k => s.id}["app"]` is read as `app`: the attribute was lost with the expression.
    """
    own = {*instance.after, *(instance.unknown if isinstance(instance.unknown, dict) else {}), "id", "arn"}
    first = next((at for at, step in enumerate(path) if step in own), None)
    if first is None:
        return ((), path) if kind is not None else (path, ())
    attribute = path[first:]
    if kind is not None:
        for end in range(first + 1, len(path) + 1):
            if produces(kind, instance.type, path[first:end]):
                return path[first:end], (*path[:first], *path[end:])
    return attribute, path[:first]


def meant(found: Sequence[tuple[Term, list[Hit]]], rest: Path, plural: bool) -> list[Hit]:
    """Return the hits of the terms that the steps mean: `{nodes = A.nodes.id, db = A.db.id}["nodes"]` is `A.nodes.id`.

    Where no term bears such a word, each of them may be meant, or several.
    """
    steps = [step for step in rest if isinstance(step, str) and telling(step)]
    sure = [(term, hits) for term, hits in found if not all(hit.guessed for hit in hits)]
    kept = sure or list(found)
    told = len(kept) < 2 or not steps
    for step in steps:
        bearing = [(term, hits) for term, hits in kept if _bears(step, term)]
        if bearing and len(bearing) < len(kept):
            kept, told = bearing, True
    if told or not plural:
        return [hit for _, hits in kept for hit in hits]
    return _one_or_all([hits for _, hits in kept], str(steps[-1]))


def by_key(hits: list[Hit], key: object, want: Want, notes: list[str]) -> list[Hit]:
    """Of several things that one attribute may point to, return the one whose name stands in the instance's key.

    `ingress_bastion_443` points to `module.bastion.aws_security_group.this` rather than to the nodes' group.
    """
    from eksclave.terraform.settle import Hit

    members = [member for hit in hits for member in hit.members]
    if want.plural or not isinstance(key, str) or len(members) < 2 or not all(isinstance(m, Ref) for m in members):
        return hits
    names = [_names(member) for member in members]
    common = set[str].intersection(*names)
    fitting = [member for member, own in zip(members, names, strict=True) if (own - common) & set(words(key))]
    if not fitting or any(one != fitting[0] for one in fitting):
        return hits
    notes.append(f"taken to be {fitting[0]}, whose name the key holds: the plan does not keep which")
    return [Hit((fitting[0],))]


def _names(ref: Ref) -> set[str]:
    """The words of a thing's own name, its keys and its modules: not of its type."""
    steps = split(ref.address)
    types = {at for at, step in enumerate(steps) if isinstance(step, str) and step.startswith("aws_")}
    said = [str(step) for at, step in enumerate(steps) if at not in types and step not in ("module", "data")]
    return {word for one in said if telling(one) for word in words(one)}


def _one_or_all(parts: Sequence[list[Hit]], step: str) -> list[Hit]:
    from eksclave.terraform.settle import Hit, alternatives

    every = [Hit(tuple(member for hits in parts for hit in hits for member in hit.members), True)]
    single = [Hit(tuple(member for hit in hits for member in hit.members), True) for hits in parts]
    lists = alternatives([*single, *every])
    if len(lists) == 1:
        return [Hit(tuple(lists[0]), True)]
    return [Hit((AnyOf(tuple(lists), f"the plan does not keep what stands under '{step}'"),), True)]


def _bears(step: str, term: Term) -> bool:
    name = term.name.rsplit(".", 1)[-1]
    said = (name, *(part for part in term.rest if isinstance(part, str)))
    return any(within(step, one) or (telling(one) and within(one, step)) for one in said)

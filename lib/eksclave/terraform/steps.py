"""Steps of a path that no resource has: the keys of maps and objects that expressions put together on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from eksclave.terraform.kinds import Kind, produces
from eksclave.terraform.references import Term, split
from eksclave.terraform.scope import Instance
from eksclave.terraform.settle import Hit, alternatives, choices
from eksclave.terraform.values import AnyOf, Path, Ref, Value
from eksclave.terraform.words import telling, within, words

if TYPE_CHECKING:
    from eksclave.terraform.place import Want


def attribute_of(path: Path, instance: Instance, kind: Kind | None) -> tuple[Path, Path]:
    """Split a path into the attribute of the resource and the other steps: keys of maps made from it.

    `{for k, s in aws_subnet.this : k => s.id}["app"]` is read as `app`: the attribute was lost with the expression.
    """
    own = {*instance.after, *(instance.unknown if isinstance(instance.unknown, dict) else {}), "id", "arn"}
    first = next((at for at, step in enumerate(path) if step in own), None)
    if first is None:
        return ((), path) if kind is not None else (path, ())
    attribute = path[first:]
    if kind is not None and attribute[0] in ("id", "arn"):
        return attribute[:1], (*path[:first], *attribute[1:])
    if kind is not None:
        for end in range(first + 1, len(path) + 1):
            if produces(kind, instance.type, path[first:end]):
                return path[first:end], (*path[:first], *path[end:])
    return attribute, path[:first]


Found = Sequence[tuple[Term, list["Hit"]]]
"""The terms of one expression that give something, each with what it gives."""


def meant(found: Found, rest: Path) -> Found:
    """Return the terms that the steps mean: `{nodes = A.nodes.id, db = A.db.id}["nodes"]` is `A.nodes.id`."""
    sure = [(term, hits) for term, hits in found if not all(hit.guessed for hit in hits)]
    kept = sure or list(found)
    for step in rest:
        if isinstance(step, str) and telling(step):
            bearing = [(term, hits) for term, hits in kept if bears(step, term)]
            kept = bearing or kept
    return kept


def joined(found: Found, listed: Sequence[Term], rest: Path, want: Want) -> list[Hit]:
    """Return what the terms give together: one list, or a choice where functions and conditions are lost.

    Two lists alone are joined, or the first is taken (`concat`, `coalescelist`, `try`). Where something else stands
    beside them that may be a condition, or a step takes a part of an object, each of them may be meant.
    """
    every = [hit for _, hits in found for hit in hits]
    lists = [hits for _, hits in found if any(hit.many for hit in hits)]
    parts = any(isinstance(step, str) and telling(step) for step in rest)
    if not want.plural or want.only or len(found) < 2 or (len(lists) < 2 and not parts):
        return [_whole(every)] if want.plural and want.only and every else every
    single = [hit for _, hits in found for hit in hits if not any(one.many for one in hits)]
    conditional = parts or len(found) < len(set(listed))
    if parts:
        lists, single = [hits for _, hits in found], []
    if want.whole and not conditional:
        return [_whole(every)]
    options = [_whole(every), *(_whole([*hits, *single]) for hits in (lists if conditional else lists[:1]))]
    choices = alternatives(options)
    if len(choices) == 1:
        return [Hit(tuple(choices[0]), True)]
    return [Hit((AnyOf(tuple(choices), "several lists: joined, or one of them"),), True)]


def _whole(hits: Sequence[Hit]) -> Hit:
    members = {repr(member): member for hit in hits for member in hit.members}
    return Hit(tuple(members.values()), True, all(hit.guessed for hit in hits))


def by_words(
    hits: list[Hit], said: frozenset[str], want: Want, notes: list[str], deref: Callable[[Ref], Value]
) -> list[Hit]:
    """Of several things that one attribute may point to, return the one whose name stands in the instance's own words.

    `ingress_bastion_443` points to `module.bastion.aws_security_group.this` rather than to the nodes' group; the record
    `sts.eu-central-1.amazonaws.com` to the endpoint of `com.amazonaws.eu-central-1.sts`.
    """
    members = [part for hit in hits for member in hit.members for part in choices(member)]
    if want.plural or not said or len(members) < 2 or not all(isinstance(m, Ref) for m in members):
        return hits
    names = [_names(member) | _service(member, deref) for member in members]
    common = set[str].intersection(*names)
    shared = [len((own - common) & said) for own in names]
    best = max(shared)
    fitting = [member for member, many in zip(members, shared, strict=True) if many == best]
    if not best or any(one != fitting[0] for one in fitting):
        return hits
    notes.append(f"taken to be {fitting[0]}, whose name its own words hold: the plan does not keep which")
    return [Hit((fitting[0],))]


def _service(ref: Ref, deref: Callable[[Ref], Value]) -> set[str]:
    """An endpoint is also called by its service."""
    if ".aws_vpc_endpoint." not in f".{ref.address}":
        return set()
    service = deref(Ref(ref.address, ("service_name",)))
    return set(words(service)) if isinstance(service, str) else set()


def _names(ref: Ref) -> set[str]:
    """The words of a thing's own name, its keys and its modules: not of its type."""
    steps = split(ref.address)
    types = {at for at, step in enumerate(steps) if isinstance(step, str) and step.startswith("aws_")}
    said = [str(step) for at, step in enumerate(steps) if at not in types and step not in ("module", "data")]
    beside = (
        {"primary"} if ref.path[-1:] == ("cluster_security_group_id",) else set[str]()
    )  # as people call EKS's group
    return {word for one in said if telling(one) for word in words(one)} | beside


def bears(step: str, term: Term) -> bool:
    """Tell whether a key or step shares its words with what a term names."""
    name = term.name.rsplit(".", 1)[-1]
    said = (name, *(part for part in term.rest if isinstance(part, str)))
    return any(within(step, one) or (telling(one) and within(one, step)) for one in said)

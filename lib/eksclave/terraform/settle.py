"""From what the terms of an expression can give to one value: the only fit, a joined list, or a choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eksclave.terraform.kinds import Kind, produces
from eksclave.terraform.scope import Instance
from eksclave.terraform.values import AnyOf, Path, Ref, Unknown, Value, is_symbolic

_FORMS = {
    "subnet": "subnet-",
    "vpc": "vpc-",
    "security_group": "sg-",
    "route_table": "rtb-",
    "network_acl": "acl-",
    "prefix_list": "pl-",
    "vpc_endpoint": "vpce-",
    "nat_gateway": "nat-",
    "role_arn": "arn:",
    "policy_arn": "arn:",
}


_BEFORE_GROUP = ((), ("vpc_config",), ("vpc_config", 0))
"""Where a splat or a function ends the reference: of a cluster, only the group that EKS makes is a security group."""


@dataclass(frozen=True)
class Hit:
    """What one term can give: one value, or the members of a list."""

    members: tuple[Value, ...]
    many: bool = False  # the term is a list by itself: a splat, a list variable, a list output
    guessed: bool = False  # a local whose name tells nothing: counts only where nothing else fits


def settle(hits: Sequence[Hit], kind: Kind | None, plural: bool, used: tuple[Ref, ...]) -> Value:
    """Return the value that the hits allow. What is known already cannot be why the attribute is unknown."""
    if kind is None or not hits:
        return Unknown("made by an expression of which the plan keeps only the references", used)
    if plural:
        return _list(hits)
    members = [part for hit in hits for member in hit.members for part in choices(member)]
    open_ones = [member for member in members if is_symbolic(member)]
    fitting = open_ones or [member for member in members if usable(member, kind)]
    return one_of(fitting, "the expression names several") if fitting else Unknown("nothing fits", used)


def _list(hits: Sequence[Hit]) -> Value:
    """Join as concat() would; several whole lists may as well be the alternatives of a condition."""
    open_ones = [member for hit in hits for member in hit.members if isinstance(member, AnyOf)]
    if open_ones:
        joined = alternatives([Hit(tuple(member for hit in hits for member in hit.members), True)])
        single = alternatives([hit for hit in hits if hit.many])
        every = alternatives([Hit(tuple(one), True) for one in (*joined, *single)])
        return every[0] if len(every) == 1 else AnyOf(tuple(every), open_ones[0].reason)
    flat = join(hits)
    whole = alternatives([hit for hit in hits if hit.many])
    if len(whole) > 1:
        return AnyOf((flat, *(one for one in whole if one != flat)), "several lists: joined, or one of them")
    return flat


def surest(hits: Sequence[Hit]) -> list[Hit]:
    """Leave out guesses where something surer stands in the same expression."""
    sure = [hit for hit in hits if not hit.guessed]
    return sure or list(hits)


def alternatives(hits: Iterable[Hit]) -> list[list[Value]]:
    """Return the distinct whole lists that the hits can be; a choice inside a hit counts as its candidates."""
    found: dict[str, list[Value]] = {}
    for hit in hits:
        certain = [member for member in hit.members if not isinstance(member, AnyOf)]
        open_ones = [member for member in hit.members if isinstance(member, AnyOf)]
        lists = [list(certain)]
        for choice in open_ones:
            lists = [
                [*before, *(part for part in _opened(candidate) if part not in before)]
                for before in lists
                for candidate in choice.candidates
            ]
        for one in lists[:32]:
            found.setdefault(repr(sorted(map(str, one))), one)
    return [found[key] for key in sorted(found)]


def joinable(hits: Sequence[Hit], flagged: bool, only: bool = False) -> list[list[Value]]:
    """Return the whole lists that a hidden expression can make of these: each list by itself, or all joined.

    Single values beside lists are always added, or by a flag (`concat([var.attach ? var.group : null], var.groups)`):
    with or without all of them, never they alone.
    """
    lists = [hit for hit in hits if hit.many]
    single = [hit for hit in hits if not hit.many]
    parts = [lists, hits] if flagged or not single else [hits]
    found: list[list[Value]] = []
    if not only and (len(lists) > 1 or not lists):
        beside = [] if flagged or not lists else [member for hit in single for member in hit.members]
        found = alternatives([Hit((*hit.members, *beside), True) for hit in lists] or single)
    for group in parts:
        for one in alternatives([Hit(tuple(member for hit in group for member in hit.members), True)] if group else []):
            if not any(set(map(repr, one)) == set(map(repr, other)) for other in found):
                found.append(one)
    return found


def _opened(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def join(hits: Iterable[Hit]) -> list[Value]:
    """Return all members once, in order; lists inside are opened."""
    flat: list[Value] = []
    for hit in hits:
        for member in hit.members:
            flat += [part for part in (member if isinstance(member, list) else [member]) if part not in flat]
    return flat


def reference(instance: Instance, attribute: Path, kind: Kind | None) -> Ref | None:
    """Return the reference to an attribute of an instance, None where it cannot be of the wanted kind."""
    if kind is None:
        return Ref(instance.address, attribute)
    if kind.name == "security_group" and instance.type == "aws_eks_cluster" and attribute in _BEFORE_GROUP:
        return Ref(instance.address, ("vpc_config", 0, "cluster_security_group_id"))
    if not attribute:
        return Ref(instance.address, (kind.attribute,)) if instance.type in kind.types else None
    return Ref(instance.address, attribute) if produces(kind, instance.type, attribute) else None


def choices(member: Value) -> Sequence[Value]:
    """Return what one value may be."""
    return member.candidates if isinstance(member, AnyOf) else (member,)


def one_of(values: Sequence[Value], reason: str) -> Value:
    """Return the one distinct value, or the choice between several."""
    distinct: list[Value] = []
    for value in values:
        for candidate in choices(value):
            if candidate not in distinct:
                distinct.append(candidate)
    return distinct[0] if len(distinct) == 1 else AnyOf(tuple(distinct), reason)


def literal(found: Any) -> Hit:
    """Return a known value as a hit."""
    return Hit(tuple(found), True) if isinstance(found, list) else Hit((found,))


def usable(found: Any, kind: Kind | None) -> bool:
    """A literal can be of a kind only in its form: an empty default or a flag is no subnet."""
    if found is None or found == "" or found == []:
        return False
    if kind is None:
        return True
    if isinstance(found, list):
        return all(usable(member, kind) for member in found)
    return isinstance(found, str) and found.startswith(_FORMS.get(kind.name, ""))


def formed(found: Any, kind: Kind) -> bool:
    """Tell whether a literal shows by its form that it is of a kind (`subnet-0a1b`)."""
    return kind.name in _FORMS and usable(found, kind)

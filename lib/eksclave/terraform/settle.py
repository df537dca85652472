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


@dataclass(frozen=True)
class Hit:
    """What one term can give: one value, or the members of a list."""

    members: tuple[Value, ...]
    many: bool = False  # the term is a list by itself: a splat, a list variable, a list output


def settle(hits: Sequence[Hit], kind: Kind | None, plural: bool, used: tuple[Ref, ...]) -> Value:
    """Return the value that the hits allow. What is known already cannot be why the attribute is unknown."""
    if kind is None or not hits:
        return Unknown("made by an expression of which the plan keeps only the references", used)
    if plural:
        return _list(hits)
    members = [member for hit in hits for member in hit.members]
    open_ones = [member for member in members if is_symbolic(member)]
    fitting = open_ones or [member for member in members if usable(member, kind)]
    return one_of(fitting, "the expression names several") if fitting else Unknown("nothing fits", used)


def _list(hits: Sequence[Hit]) -> Value:
    """Join as concat() would; several whole lists may as well be the alternatives of a condition."""
    choice = next((m for hit in hits if hit.many for m in hit.members if isinstance(m, AnyOf)), None)
    flat = join(hit for hit in hits if not (hit.many and choice is not None and choice in hit.members))
    if choice is not None:
        if not flat:
            return choice
        joined = tuple([*flat, *(part for part in candidate if part not in flat)] for candidate in choice.candidates)
        return AnyOf(joined, choice.reason)
    whole = {repr(hit.members): list(hit.members) for hit in hits if hit.many}
    if len(whole) > 1:
        return AnyOf((flat, *whole.values()), "several lists: joined, or one of them")
    return flat


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
    if not attribute:
        return Ref(instance.address, (kind.attribute,)) if instance.type in kind.types else None
    return Ref(instance.address, attribute) if produces(kind, instance.type, attribute) else None


def one_of(values: Sequence[Value], reason: str) -> Value:
    """Return the one distinct value, or the choice between several."""
    distinct: list[Value] = []
    for value in values:
        for candidate in value.candidates if isinstance(value, AnyOf) else (value,):
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

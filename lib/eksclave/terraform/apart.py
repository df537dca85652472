"""What AWS would not take: subnets of several VPCs or twice of one zone, and the default VPC beside one's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

from eksclave.terraform.values import AnyOf, Ref, Value

Deref = Callable[[Ref], Value]
_MOST = 32


def one_a_zone(value: Value, deref: Deref, notes: list[str]) -> Value:
    """Return the value without readings that put two subnets of one zone into the list.

    Where that is all there is, what a `slice()` or a filter may leave of it: rows without a zone twice, or any one of
    each zone. Nobody slices a list that is written out, so only lists that are named whole come here.
    """
    if isinstance(value, AnyOf):
        fitting = [one for one in value.candidates if isinstance(one, list) and not _twice(one, deref)]
        if not fitting or len(fitting) == len(value.candidates):
            return value
        return fitting[0] if len(fitting) == 1 else AnyOf(tuple(fitting), value.reason)
    if not isinstance(value, list) or not _twice(value, deref):
        return value
    options = _parts(value, deref)
    notes.append("AWS takes one subnet of each zone, so a part of this list is meant; the plan does not keep which")
    return AnyOf(tuple(options), "a part of this list, one subnet of each zone") if options else value


def one_network(value: Value, deref: Deref) -> Value:
    """Return the lists by VPC of what is of several: no resource stands in two."""
    lists = [one for one in value.candidates if isinstance(one, list)] if isinstance(value, AnyOf) else [value]
    if not all(isinstance(one, list) for one in lists) or not any(len(_networks(one, deref)) > 1 for one in lists):
        return value
    found: dict[str, list[Value]] = {}
    for one in lists:
        for part in _networks(one, deref).values():
            found.setdefault(repr(part), part)
    apart = tuple(found.values())
    return apart[0] if len(apart) == 1 else AnyOf(apart, "subnets of several VPCs, of which only one can be meant")


def _networks(members: list[Value], deref: Deref) -> dict[str, list[Value]]:
    """Return the members by VPC; all under one name where the VPC of one is not known."""
    found: dict[str, list[Value]] = {}
    for one in members:
        vpc = deref(Ref(one.address, ("vpc_id",))) if isinstance(one, Ref) else None
        if not isinstance(vpc, (Ref, str)) or vpc == Ref(getattr(one, "address", ""), ("vpc_id",)):
            return {"": members}
        found.setdefault(str(vpc), []).append(one)
    return found


def two_or_more(value: Value) -> Value:
    """Leave out readings that give a cluster one subnet alone: EKS takes two or more."""
    if not isinstance(value, AnyOf):
        return value
    fitting = tuple(one for one in value.candidates if not isinstance(one, list) or len(one) > 1)
    if not fitting:
        return value
    return fitting[0] if len(fitting) == 1 else AnyOf(fitting, value.reason)


def without_default(value: Value, notes: list[str]) -> Value:
    """Leave the default VPC out where one that the configuration makes stands beside it."""
    if not isinstance(value, AnyOf):
        return value
    made = tuple(
        one for one in value.candidates if not (isinstance(one, Ref) and ".aws_default_vpc." in f".{one.address}")
    )
    if not made or len(made) == len(value.candidates):
        return value
    left = made[0] if len(made) == 1 else AnyOf(made, value.reason)
    notes.append(f"taken to be {left}, not the default VPC: the plan does not keep which")
    return left


def _zone(member: Value, deref: Deref) -> str | None:
    if not isinstance(member, Ref):
        return None
    for name in ("availability_zone", "availability_zone_id"):
        zone = deref(Ref(member.address, (name,)))
        if isinstance(zone, str):
            return zone
    return None


def _twice(members: list[Value], deref: Deref) -> bool:
    zones = [zone for one in members if (zone := _zone(one, deref)) is not None]
    return len(set(zones)) < len(zones)


def _parts(members: list[Value], deref: Deref) -> list[list[Value]]:
    """Return what may be left: a row of `slice()` where zones come in turns, else any one of each zone."""
    zones = [_zone(one, deref) for one in members]
    by_zone: dict[str | None, list[Value]] = {}
    for zone, one in zip(zones, members, strict=True):
        by_zone.setdefault(zone, []).append(one)
    turns = len(by_zone)
    if all(zone == zones[at % turns] for at, zone in enumerate(zones)):
        return [members[start : start + turns] for start in range(len(members) - turns + 1)]
    if prod(map(len, by_zone.values())) > _MOST:
        return []
    return [list(one) for one in product(*by_zone.values())]

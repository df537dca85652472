"""What AWS would not take: subnets of several VPCs or twice of one zone, and the default VPC beside one's own."""

from __future__ import annotations

from collections.abc import Callable

from eksclave.terraform.values import AnyOf, Ref, Value

Deref = Callable[[Ref], Value]


def one_a_zone(value: Value, deref: Deref, notes: list[str]) -> Value:
    """Return the value without readings that put two subnets of one zone into the list.

    Where that is all there is, what a `slice()` of it may be: its longest runs without a zone twice. Nobody slices a
    list that is written out, so only lists that are named whole come here.
    """
    if isinstance(value, AnyOf):
        fitting = [one for one in value.candidates if isinstance(one, list) and not _twice(one, deref)]
        if not fitting or len(fitting) == len(value.candidates):
            return value
        return fitting[0] if len(fitting) == 1 else AnyOf(tuple(fitting), value.reason)
    if not isinstance(value, list) or not _twice(value, deref):
        return value
    runs = _runs(value, deref)
    shown = ", ".join(map(str, runs[0]))
    notes.append(f"AWS takes one subnet of each zone: {shown}, or others in a row; the plan does not keep which part")
    return runs[0] if len(runs) == 1 else AnyOf(tuple(runs), "a part of this list, one subnet of each zone")


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


def _runs(members: list[Value], deref: Deref) -> list[list[Value]]:
    """Return all runs that are as long as the longest one without a zone twice."""
    zones = [_zone(one, deref) for one in members]
    runs: list[list[Value]] = []
    for start in range(len(members)):
        end = start
        while end < len(members) and (zones[end] is None or zones[end] not in zones[start:end]):
            end += 1
        runs.append(members[start:end])
    longest = max(map(len, runs))
    return [run for run in runs if len(run) == longest]

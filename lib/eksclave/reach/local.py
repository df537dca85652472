"""Flows inside one VPC: the local route always leads there; ACLs only across subnet borders; groups always."""

from __future__ import annotations

from eksclave.reach import legs
from eksclave.reach.answer import HopKind, Outcome, Trace
from eksclave.reach.facts.network import Subnet, TargetKind
from eksclave.reach.groups import Side
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.steps import Flow, Step, finish, open_if, step

TAKES_AWAY = (TargetKind.BLACKHOLE, TargetKind.INTERNET_GATEWAY, TargetKind.EGRESS_ONLY, TargetKind.PEERING)


def traces(judge: Judge, flow: Flow, source: Leg, destination: Leg, endpoint: str = "") -> list[Trace]:
    """Return one trace for all pairs in different subnets, and one for those in the same subnet, where there are
    any."""
    found: list[Trace] = []
    near = _other(source, destination)
    far = _other(destination, source)
    if near and far:
        one, two = _narrow(judge, source, near), _narrow(judge, destination, far)
        if one.where.addresses and two.where.addresses:
            found.append(finish(flow, one, two, _across(judge, flow, one, two), endpoint=endpoint))
    keys = {one.key for one in destination.subnets}
    if shared := tuple(one for one in source.subnets if one.key in keys):
        one, two = _narrow(judge, source, shared), _narrow(judge, destination, shared)
        if one.where.addresses and two.where.addresses:
            found.append(finish(flow, one, two, group_steps(judge, flow, one, two), endpoint=endpoint))
    return found


def _other(leg: Leg, other: Leg) -> tuple[Subnet, ...]:
    """Return the leg's subnets for which the other leg has a different subnet."""
    keys = {one.key for one in other.subnets}
    return leg.subnets if len(keys) > 1 else tuple(one for one in leg.subnets if one.key not in keys)


def _narrow(judge: Judge, leg: Leg, keep: tuple[Subnet, ...]) -> Leg:
    return leg if keep == leg.subnets else legs.narrowed(leg, keep, judge.snapshot)


def side(leg: Leg, references: bool | None = True) -> Side:
    """Return the leg as the other end of a security group rule."""
    return Side(leg.where, leg.groups, references)


def group_steps(judge: Judge, flow: Flow, source: Leg, destination: Leg) -> list[Step]:
    """Return the security groups' steps, which are asked in the same subnet too."""
    out = judge.groups(source, True, flow.protocol, side(destination), flow.ports)
    into = judge.groups(destination, False, flow.protocol, side(source), flow.ports)
    return [step(HopKind.SOURCE_GROUP, out, False), step(HopKind.DESTINATION_GROUP, into, True)]


def _across(judge: Judge, flow: Flow, source: Leg, destination: Leg) -> list[Step]:
    route_out, nacl_out, nacl_back = _near(judge, flow, source, destination.where)
    out, into = group_steps(judge, flow, source, destination)
    nacl_in, *rest = _far(judge, flow, destination, source.where)
    return [route_out, out, nacl_out, nacl_in, into, *rest, nacl_back]


def end_steps(judge: Judge, flow: Flow, leg: Leg, others: Where, source: bool) -> list[Step]:
    """Return the steps that one end's subnets decide, towards (or from) all these addresses."""
    return _near(judge, flow, leg, others) if source else _far(judge, flow, leg, others)


def _near(judge: Judge, flow: Flow, source: Leg, server: Where) -> list[Step]:
    """Return the steps that the source's subnets decide: route, ACL out, ACL in for the answer."""
    protocol = flow.protocol
    return [
        step(HopKind.ROUTE_OUT, _local_route(judge, source, server), False),
        step(HopKind.SOURCE_NACL_OUT, judge.nacl(source, True, protocol, server, flow.ports), False),
        step(HopKind.RETURN_NACL_IN, judge.nacl(source, False, protocol, server, flow.client_ports), False),
    ]


def _far(judge: Judge, flow: Flow, destination: Leg, client: Where) -> list[Step]:
    """Return the steps that the destination's subnets decide: ACL in, ACL out for the answer, route back."""
    protocol = flow.protocol
    return [
        step(HopKind.DESTINATION_NACL_IN, judge.nacl(destination, False, protocol, client, flow.ports), True),
        step(HopKind.RETURN_NACL_OUT, judge.nacl(destination, True, protocol, client, flow.client_ports), True),
        step(HopKind.RETURN_ROUTE, _local_route(judge, destination, client), True),
    ]


def _local_route(judge: Judge, leg: Leg, to: Where) -> Ruling:
    """Return whether the leg's table keeps these addresses in the VPC: nothing more specific takes them away."""
    portions = judge.portions(leg, to)
    for one in portions:
        if one.kind in (TargetKind.LOCAL, None):
            continue
        box = Box(one.where.addresses, _NO_PORTS)
        detail = f"{one.origin} is as specific as the VPC's own range or more, and leads to a {one.kind}"
        outcome = Outcome.FAIL if one.kind in TAKES_AWAY and to.exact else Outcome.UNKNOWN
        return open_if(one.why or leg.why_table, Ruling(outcome, one.origin, detail, box))
    why = next((one.why for one in portions if one.why and one.kind is TargetKind.LOCAL), "")
    why = why or ("" if leg.table in judge.snapshot.route_table_by_key else portions[0].why)
    if why:
        return Ruling(Outcome.UNKNOWN, portions[0].origin, why, Box(to.addresses, _NO_PORTS))
    return Ruling(Outcome.PASS, portions[0].origin, "the VPC's own (local) route")


_NO_PORTS = Intervals()

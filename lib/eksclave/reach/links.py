"""Flows between two VPCs of the snapshot: through a peering connection or a transit gateway, there and back.

Source: VPC peering guide (accepted, routes on both sides, no transit, no edge-to-edge routing; group references only
in the
same Region); transit gateway guide. Gateway endpoints and private DNS never cross.
"""

from __future__ import annotations

from dataclasses import replace

from eksclave.reach import transit
from eksclave.reach.answer import HopKind, Outcome, Trace
from eksclave.reach.facts.links import Peering
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import Value, decide, is_known, known_or, why_unknown
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.local import side
from eksclave.reach.routes import Portion
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.steps import Flow, Step, finish, open_if, step

NEVER = (TargetKind.INTERNET_GATEWAY, TargetKind.BLACKHOLE, TargetKind.EGRESS_ONLY, TargetKind.GATEWAY_ENDPOINT)


def traces(judge: Judge, flow: Flow, source: Leg, destination: Leg, endpoint: str = "") -> list[Trace]:
    """Return the trace of a pair of legs in different VPCs."""
    protocol, client, server = flow.protocol, source.where, destination.where
    there, there_by = _way(judge, HopKind.ROUTE_OUT, source, destination)
    back, back_by = _way(judge, HopKind.RETURN_ROUTE, destination, source)
    references = _references(judge, there_by, {source.vpc, destination.vpc})
    into_side = side(source, references[1])
    out = judge.groups(source, True, protocol, side(destination, references[0]), flow.ports)
    steps = [
        *there,
        step(HopKind.SOURCE_GROUP, out, False),
        step(HopKind.SOURCE_NACL_OUT, judge.nacl(source, True, protocol, server, flow.ports), False),
        *_gates(judge, flow, there_by, source, destination, False),
        step(HopKind.DESTINATION_NACL_IN, _entered(judge, flow, there_by, destination, client, flow.ports), True),
        step(HopKind.DESTINATION_GROUP, judge.groups(destination, False, protocol, into_side, flow.ports), True),
        step(HopKind.RETURN_NACL_OUT, judge.nacl(destination, True, protocol, client, flow.client_ports), True),
        *back,
        *_gates(judge, flow, back_by, destination, source, True),
        step(HopKind.RETURN_NACL_IN, _entered(judge, flow, back_by, source, server, flow.client_ports), False),
    ]
    return [finish(flow, source, destination, steps, endpoint=endpoint)]


def _entered(judge: Judge, flow: Flow, by: list[Portion], leg: Leg, remote: Where, ports: Intervals) -> Ruling:
    """Return how the receiving subnet's ACL rules, which is not asked where the gateway sits in that same subnet."""
    gateways = {known_or(one.target, "") if one.kind is TargetKind.TRANSIT_GATEWAY else "" for one in by}
    if gateways and all(gateway and transit.shares_subnet(judge, gateway, leg) for gateway in gateways):
        text = "the transit gateway's interface is in the same subnet, so that no network ACL is asked"
        return Ruling(Outcome.PASS, leg.origin, text)
    return judge.nacl(leg, False, flow.protocol, remote, ports)


def _gates(judge: Judge, flow: Flow, by: list[Portion], sender: Leg, receiver: Leg, response: bool) -> list[Step]:
    """Return the rulings of the ACLs at the transit gateway's interfaces on both sides."""
    ports = flow.client_ports if response else flow.ports
    found: list[Step] = []
    for gateway in sorted({known_or(one.target, "") for one in by if one.kind is TargetKind.TRANSIT_GATEWAY}):
        found += transit.filters(judge, gateway, sender, False, flow.protocol, ports, receiver.where, response)
        found += transit.filters(judge, gateway, receiver, True, flow.protocol, ports, sender.where, response)
    return found


def _way(judge: Judge, kind: HopKind, sender: Leg, receiver: Leg) -> tuple[list[Step], list[Portion]]:
    """Return whether packets from the sender's subnets are carried to the receiver's addresses."""
    portions = judge.portions(sender, receiver.where)
    back = kind is HopKind.RETURN_ROUTE
    found: list[Step] = []
    for one in portions:
        ruling = open_if(one.why or sender.why_table, _portion(judge, sender, receiver, one))
        if one.why and ruling.outcome is Outcome.PASS:
            ruling = Ruling(Outcome.UNKNOWN, one.origin, one.why, Box(one.where.addresses, Intervals()))
        found.append(step(kind, ruling, back))
    if not receiver.where.exact and len({one.ruling.outcome for one in found}) > 1:
        found = [replace(one, ruling=open_if(receiver.where.why, one.ruling)) for one in found]
    return found, portions


def _portion(judge: Judge, sender: Leg, receiver: Leg, one: Portion) -> Ruling:
    box = Box(one.where.addresses, Intervals())
    if one.kind is None:
        return Ruling(Outcome.FAIL, one.origin, f"no route of {one.origin} leads to {receiver.place}", box)
    if one.kind is TargetKind.LOCAL:
        text = f"the address lies in the ranges of {judge.vpc(sender).origin} itself: the VPCs overlap"
        return Ruling(Outcome.FAIL, one.origin, text, box)
    if one.kind is TargetKind.PEERING:
        return _peered(judge, sender, receiver, one)
    if one.kind is TargetKind.TRANSIT_GATEWAY:
        gateway = known_or(one.target, None)
        if gateway is None:
            return Ruling(
                Outcome.UNKNOWN, one.origin, f"the transit gateway is not known: {why_unknown(one.target)}", box
            )
        return transit.forwarded(judge, gateway, sender, one.where, receiver.vpc, one.origin)
    if one.kind in NEVER:
        return Ruling(Outcome.FAIL, one.origin, f"{one.origin} leads to a {one.kind}, which does not lead there", box)
    return Ruling(Outcome.UNKNOWN, one.origin, f"{one.origin} leads to a {one.kind}, whose far side is not known", box)


def peering(judge: Judge, key: Value[str]) -> Peering | None:
    """Return the peering connection with this key."""
    name = known_or(key, "")
    return next((one for one in judge.snapshot.peerings if one.key == name), None)


def _peered(judge: Judge, sender: Leg, receiver: Leg, one: Portion) -> Ruling:
    box, found = Box(one.where.addresses, Intervals()), peering(judge, one.target)
    if found is None:
        return Ruling(Outcome.UNKNOWN, one.origin, "nothing is known about the peering connection", box)
    ends = [decide(end, lambda key: key in (sender.vpc, receiver.vpc)) for end in (found.requester, found.accepter)]
    if False in ends or (found.requester == found.accepter and is_known(found.requester)):
        text = "the peering connection joins other VPCs, and peering is not transitive"
        return Ruling(Outcome.FAIL, found.origin, text, box)
    accepted = decide(found.accepted, bool)
    if accepted is False:
        return Ruling(Outcome.FAIL, found.origin, "the peering connection is not accepted", box)
    if None in ends or accepted is None:
        why = why_unknown(found.requester) or why_unknown(found.accepter) or why_unknown(found.accepted)
        return Ruling(Outcome.UNKNOWN, found.origin, f"the peering connection is not fully known: {why}", box)
    return Ruling(Outcome.PASS, one.origin, f"the peering connection {found.origin} leads there")


def _references(judge: Judge, by: list[Portion], ends: set[str]) -> tuple[bool | None, bool | None]:
    """Return whether rules may name groups of the other VPC, in egress and in ingress rules."""
    if by and all(one.kind is TargetKind.PEERING for one in by):
        found = [peering(judge, one.target) for one in by]
        answers = {decide(one.cross_region, lambda crosses: not crosses) if one else None for one in found}
        answer = answers.pop() if len(answers) == 1 else None
        return answer, answer
    gateways = {known_or(one.target, "") for one in by if one.kind is TargetKind.TRANSIT_GATEWAY}
    on = [decide(one.group_references, bool) for one in judge.snapshot.transit_gateways if one.key in gateways]
    on += [
        decide(one.group_references, bool)
        for one in judge.snapshot.transit_attachments
        if known_or(one.gateway, "") in gateways and known_or(one.vpc, "") in ends
    ]
    return False, False if False in on or not on else None if None in on else True

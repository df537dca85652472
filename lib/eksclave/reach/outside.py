"""Flows between a VPC and networks that are in no VPC of the snapshot: an office, a data centre, a VPC of others.

What the input holds decides: the subnet's route to the outside, ACLs, groups, and a transit gateway's tables where
they are
in the input. What lies beyond the gateway is stated as an assumption.
"""

from __future__ import annotations

from eksclave.reach import sets, transit
from eksclave.reach.answer import HopKind, Outcome, Trace
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import decide, known_or, why_unknown
from eksclave.reach.groups import Side
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.links import peering
from eksclave.reach.routes import Portion
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.steps import Flow, Step, finish, open_if, step


def inbound(judge: Judge, flow: Flow, source: Leg, destination: Leg) -> list[Trace]:
    """Return the trace of a flow from networks outside to a leg in a VPC."""
    protocol, client = flow.protocol, source.where
    way, by = _way(judge, HopKind.RETURN_ROUTE, destination, source)
    into = judge.groups(destination, False, protocol, Side(client, (), False), flow.ports)
    steps = [
        *_gates(judge, flow, by, destination, True, False),
        step(HopKind.DESTINATION_NACL_IN, judge.nacl(destination, False, protocol, client, flow.ports), True),
        step(HopKind.DESTINATION_GROUP, into, True),
        step(HopKind.RETURN_NACL_OUT, judge.nacl(destination, True, protocol, client, flow.client_ports), True),
        *way,
        *_gates(judge, flow, by, destination, False, True),
    ]
    return [finish(flow, source, destination, steps)]


def outbound(judge: Judge, flow: Flow, source: Leg, destination: Leg) -> list[Trace]:
    """Return the trace of a flow from a leg in a VPC to networks outside."""
    protocol, server = flow.protocol, destination.where
    way, by = _way(judge, HopKind.ROUTE_OUT, source, destination)
    out = judge.groups(source, True, protocol, Side(server, (), False), flow.ports)
    steps = [
        *way,
        step(HopKind.SOURCE_GROUP, out, False),
        step(HopKind.SOURCE_NACL_OUT, judge.nacl(source, True, protocol, server, flow.ports), False),
        *_gates(judge, flow, by, source, False, False),
        *_gates(judge, flow, by, source, True, True),
        step(HopKind.RETURN_NACL_IN, judge.nacl(source, False, protocol, server, flow.client_ports), False),
    ]
    return [finish(flow, source, destination, steps)]


def _gates(judge: Judge, flow: Flow, by: list[Portion], leg: Leg, arriving: bool, response: bool) -> list[Step]:
    ports = flow.client_ports if response else flow.ports
    found: list[Step] = []
    for gateway in sorted({known_or(one.target, "") for one in by if one.kind is TargetKind.TRANSIT_GATEWAY}):
        found += transit.filters(judge, gateway, leg, arriving, flow.protocol, ports, leg.where, response)
    return found


def _way(judge: Judge, kind: HopKind, sender: Leg, outside: Leg) -> tuple[list[Step], list[Portion]]:
    portions = judge.portions(sender, outside.where)
    found: list[Step] = []
    for one in portions:
        ruling = open_if(one.why or sender.why_table, _portion(judge, sender, one, outside.where))
        if one.why and ruling.outcome is Outcome.PASS:
            ruling = Ruling(Outcome.UNKNOWN, one.origin, one.why, Box(one.where.addresses, Intervals()))
        found.append(step(kind, ruling, kind is HopKind.RETURN_ROUTE))
    return found, portions


def _portion(judge: Judge, sender: Leg, one: Portion, to: Where) -> Ruling:
    box = Box(one.where.addresses, Intervals())
    if one.kind is None:
        return Ruling(Outcome.FAIL, one.origin, f"{one.origin} has no route to {_first(box)}", box)
    if one.kind is TargetKind.LOCAL:
        return Ruling(Outcome.PASS, one.origin, "these addresses are the VPC's own")
    if one.kind is TargetKind.TRANSIT_GATEWAY:
        return _gateway(judge, sender, one)
    if one.kind is TargetKind.VPN_GATEWAY:
        return _vpn(judge, sender, one, to)
    if one.kind is TargetKind.PEERING:
        return _peer(judge, sender, one)
    if one.kind in (TargetKind.APPLIANCE, TargetKind.OTHER, TargetKind.UNKNOWN):
        return Ruling(Outcome.UNKNOWN, one.origin, f"{one.origin} leads to a {one.kind}, which is not modelled", box)
    return Ruling(
        Outcome.FAIL, one.origin, f"{one.origin} sends {_first(box)} to a {one.kind}, which leads elsewhere", box
    )


def _first(box: Box) -> str:
    return str(sets.address(box.addresses.first))


def _beyond(name: object) -> tuple[str, ...]:
    return (f"what lies beyond {name} leads there and back, and lets the flow pass",)


def _gateway(judge: Judge, sender: Leg, one: Portion) -> Ruling:
    gateway = known_or(one.target, "")
    known = gateway in {each.key for each in judge.snapshot.transit_gateways}
    attached, _ = transit.attachments(judge, gateway, sender.vpc)
    stated = [each for each in attached if known_or(each.route_table, "")]
    if known or stated:
        ruling = transit.forwarded(judge, gateway, sender, one.where, "", one.origin)
        if ruling.outcome is not Outcome.PASS:
            return ruling
    return Ruling(Outcome.PASS, one.origin, "the transit gateway leads there", None, _beyond(gateway or one.origin))


def _vpn(judge: Judge, sender: Leg, one: Portion, to: Where) -> Ruling:
    key = known_or(one.target, "")
    found = next((each for each in judge.snapshot.vpn_gateways if each.key == key), None)
    attached = decide(found.vpc, lambda vpc: vpc == sender.vpc) if found else None
    if attached is False:
        text = "the virtual private gateway is attached to another VPC"
        return Ruling(Outcome.FAIL, one.origin, text, Box(one.where.addresses, Intervals()))
    return Ruling(Outcome.PASS, one.origin, "the virtual private gateway leads there", None, _beyond(key or one.origin))


def _peer(judge: Judge, sender: Leg, one: Portion) -> Ruling:
    box, found = Box(one.where.addresses, Intervals()), peering(judge, one.target)
    if found is None:
        return Ruling(Outcome.PASS, one.origin, "the peering connection leads there", None, _beyond(one.origin))
    if decide(found.accepted, bool) is False:
        return Ruling(Outcome.FAIL, found.origin, "the peering connection is not accepted", box)
    if all(decide(end, lambda key: key != sender.vpc) for end in (found.requester, found.accepter)):
        return Ruling(Outcome.FAIL, found.origin, "the peering connection joins other VPCs", box)
    others = [key for end in (found.requester, found.accepter) for key in [known_or(end, "")] if key != sender.vpc]
    vpc = judge.snapshot.vpc_by_key.get(others[0]) if len(others) == 1 else None
    cidrs = known_or(vpc.cidrs, None) if vpc else None
    if cidrs is not None:
        beyond = one.where.addresses - sets.networks(cidrs)
        if beyond:
            text = "these addresses are not of the peered VPC, and peering is not transitive"
            return Ruling(Outcome.FAIL, found.origin, text, Box(beyond, Intervals()))
    if decide(found.accepted, bool) is None:
        why = why_unknown(found.accepted)
        return Ruling(Outcome.UNKNOWN, found.origin, f"whether the peering is accepted is not known: {why}", box)
    return Ruling(Outcome.PASS, one.origin, "the peering connection leads there", None, _beyond(found.origin))

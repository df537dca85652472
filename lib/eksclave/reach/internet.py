"""Flows to public addresses: through a gateway endpoint, or by NAT and internet gateway (then `public`).

Source: VPC user guide, internet gateways (only interfaces with a public address), NAT gateways (the gateway's own
subnet
routes and ACL count), gateway endpoints (a NACL cannot name a prefix list, so the public ranges must pass).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from eksclave.reach import legs as legs_of
from eksclave.reach import sets
from eksclave.reach.answer import Disposition, HopKind, Outcome, Trace, worst
from eksclave.reach.facts.endpoints import EndpointKind
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import Origin, Value, choices, decide, known_or, why_unknown
from eksclave.reach.groups import Side
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.names import Answer
from eksclave.reach.question import ALL_EPHEMERAL
from eksclave.reach.routes import Portion
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.steps import Flow, Step, finish, open_if, step


def public_leg(snapshot: Snapshot, name: str, service: tuple[str, str] | None, origin: Origin) -> Leg:
    """Return the public addresses that a name may answer: exact where the service's ranges are given."""
    where = Where(sets.PUBLIC, False, f"the public addresses of {name} are not in the input")
    if service:
        given = [many for region, many in snapshot.given_s3_ranges if service == ("s3", region)]
        given += [
            known_or(one.entries, ())
            for one in snapshot.prefix_lists
            if one.service == service[0] and known_or(one.region, "") == service[1]
        ]
        ranges = [one for many in given for one in many if isinstance(one, IPv4Network)]
        if ranges:
            where = Where(sets.networks(ranges))
    return Leg("", (), where, (), Origin(name, attribute=""))


def traces(
    judge: Judge, flow: Flow, source: Leg, destination: Leg, service: tuple[str, str] | None, answer: Answer
) -> list[Trace]:
    """Return the trace of a flow from a leg in a VPC to public addresses."""
    protocol, server = flow.protocol, destination.where
    seen = Side(server, (), False, service)
    out = judge.groups(source, True, protocol, seen, flow.ports)
    portions = judge.portions(source, server, service)
    ways = [_way(judge, flow, source, one, answer, service) for one in portions]
    if not server.exact and len({worst([one.ruling.outcome for one in way]) for way in ways}) > 1:
        ways = [[replace(one, ruling=open_if(server.why, one.ruling)) for one in way] for way in ways]
    steps = [
        *(one for way in ways for one in way[:1]),
        step(HopKind.SOURCE_GROUP, out, False),
        step(HopKind.SOURCE_NACL_OUT, judge.nacl(source, True, protocol, server, flow.ports), False),
        *(one for way in ways for one in way[1:]),
        step(HopKind.RETURN_NACL_IN, judge.nacl(source, False, protocol, server, flow.client_ports), False),
    ]
    public = any(one.kind in (TargetKind.NAT_GATEWAY, TargetKind.INTERNET_GATEWAY) for one in portions)
    endpoint = next((known_or(one.target, "") for one in portions if one.kind is TargetKind.GATEWAY_ENDPOINT), "")
    return [finish(flow, source, destination, steps, public, endpoint)]


def _way(
    judge: Judge, flow: Flow, source: Leg, one: Portion, answer: Answer, service: tuple[str, str] | None
) -> list[Step]:
    """Return the routing step of a portion, and the steps behind it."""
    found = _first(judge, source, one, answer, service)
    ruling = open_if(one.why or source.why_table, found.ruling)
    if one.why and ruling.outcome is Outcome.PASS:
        ruling = Ruling(Outcome.UNKNOWN, one.origin, one.why, Box(one.where.addresses, Intervals()))
    behind: list[Step] = []
    if one.kind is TargetKind.NAT_GATEWAY and ruling.outcome is Outcome.PASS:
        behind = _behind_nat(judge, flow, source, one)
    return [replace(found, ruling=ruling), *behind]


def _first(judge: Judge, source: Leg, one: Portion, answer: Answer, service: tuple[str, str] | None) -> Step:
    box, kind = Box(one.where.addresses, Intervals()), HopKind.ROUTE_OUT
    if one.kind is None and service:
        return step(kind, _no_gateway(judge, source, one, service, box), False)
    if one.kind is None:
        text = f"{answer.detail}, and {one.origin} has no route to them"
        origin = answer.origin if answer.target else one.origin
        return Step(kind, Ruling(Outcome.FAIL, origin, text, box), False, False, Disposition.NAME_GOES_PUBLIC)
    if one.kind is TargetKind.GATEWAY_ENDPOINT:
        return step(kind, Ruling(Outcome.PASS, one.origin, "the gateway endpoint's prefix list route"), False)
    if one.kind is TargetKind.NAT_GATEWAY:
        return step(kind, Ruling(Outcome.PASS, one.origin, f"{one.origin} leads to a NAT gateway"), False)
    if one.kind is TargetKind.INTERNET_GATEWAY:
        return step(kind, _direct(source, one, box), False)
    if one.kind in (TargetKind.BLACKHOLE, TargetKind.EGRESS_ONLY, TargetKind.PEERING, TargetKind.LOCAL):
        text = f"{answer.detail}, and {one.origin} sends them to a {one.kind}"
        return step(kind, Ruling(Outcome.FAIL, one.origin, text, box), False)
    text = f"{answer.detail}, and {one.origin} sends them to a {one.kind}, whose way to the internet is not modelled"
    return step(kind, Ruling(Outcome.UNKNOWN, one.origin, text, box), False)


def _no_gateway(judge: Judge, source: Leg, one: Portion, service: tuple[str, str], box: Box) -> Ruling:
    """Return the ruling for a gateway endpoint's service that the table does not reach, naming the endpoint if any."""
    suffix = f".{service[1]}.{service[0]}"
    gateways = (
        each for each in judge.snapshot.endpoints_near(source.vpc) if EndpointKind.GATEWAY in (choices(each.kind) or ())
    )
    found = next((each for each in gateways if known_or(each.service, "").endswith(suffix)), None)
    text = f"{one.origin}, the route table of {source.place}, has no route to the public addresses of {service[0]}"
    why = f"the gateway endpoint {found.origin} does not name this table" if found else "no gateway endpoint serves it"
    return Ruling(Outcome.FAIL, one.origin, f"{text}: {why}", box)


def _direct(source: Leg, one: Portion, box: Box) -> Ruling:
    public = decide(source.public_ip, bool)
    if public:
        return Ruling(Outcome.PASS, one.origin, f"{one.origin} leads to the internet gateway")
    text = f"{one.origin} leads to an internet gateway, which serves only interfaces with a public address"
    why = "" if public is False else f"; whether it has one is not known: {why_unknown(source.public_ip)}"
    return Ruling(Outcome.FAIL if public is False else Outcome.UNKNOWN, one.origin, text + why, box)


def _behind_nat(judge: Judge, flow: Flow, source: Leg, one: Portion) -> list[Step]:
    """Return the steps at the NAT gateway's subnet: its ACL both ways on both sides, and its own way out."""
    found = next((each for each in judge.snapshot.nat_gateways if each.key == known_or(one.target, "")), None)
    subnet: Value[str] | None = found.subnet if found else None
    key = known_or(subnet, None) if subnet is not None else None
    lost = Box(one.where.addresses, Intervals())
    if found is None or key is None or decide(found.public, bool) is not True:
        text = (
            "where the NAT gateway leads is not known" if found is None or key is None else "the NAT gateway is private"
        )
        return [step(HopKind.TRANSIT, Ruling(Outcome.UNKNOWN, one.origin, text, lost), False, False)]
    steps: list[Step] = []
    ports, every = flow.ports, sets.ports([ALL_EPHEMERAL])
    for gate in legs_of.legs(judge.snapshot, Placement((key,), (), found.origin, True)):
        if gate.unknown:
            return [step(HopKind.TRANSIT, Ruling(Outcome.UNKNOWN, found.origin, gate.unknown, lost), False, False)]
        rulings: list[tuple[Ruling, bool, bool]] = []
        if key not in {each.key for each in source.subnets}:
            rulings.append((judge.nacl(gate, False, flow.protocol, source.where, ports), True, False))
            rulings.append((judge.nacl(gate, True, flow.protocol, source.where, flow.client_ports), True, True))
        rulings.append((judge.nacl(gate, True, flow.protocol, one.where, ports), False, False))
        rulings.append((judge.nacl(gate, False, flow.protocol, one.where, every), False, True))
        steps += [Step(HopKind.TRANSIT, each, of, back, Disposition.DENIED_BY_NACL) for each, of, back in rulings]
        steps += [_nat_route(judge, gate, each) for each in judge.portions(gate, one.where)]
    return steps


def _nat_route(judge: Judge, gate: Leg, one: Portion) -> Step:
    if one.kind is TargetKind.INTERNET_GATEWAY:
        return step(HopKind.TRANSIT, Ruling(Outcome.PASS, one.origin, "the NAT gateway's way out"), False, False)
    outcome = (
        Outcome.UNKNOWN if one.kind in (TargetKind.TRANSIT_GATEWAY, TargetKind.APPLIANCE) or one.why else Outcome.FAIL
    )
    text = f"the NAT gateway's own subnet has no route to an internet gateway ({one.origin})"
    return step(HopKind.TRANSIT, Ruling(outcome, one.origin, text, Box(one.where.addresses, Intervals())), False, False)

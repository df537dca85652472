"""Transit gateways: which attachment a packet leaves by, and which ACLs it meets at the gateway's interfaces.

Source: VPC transit gateway guide, "How transit gateways work" (association, propagation, zones) and "Network ACLs": the
gateway's subnet filters inbound what comes from instances by source, and outbound what goes to instances by
destination.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from eksclave.reach import legs as legs_of
from eksclave.reach import sets
from eksclave.reach.answer import Disposition, HopKind, Outcome
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.links import AttachmentKind, TransitGatewayAttachment, TransitGatewayRouteTable
from eksclave.reach.facts.values import Origin, choices, decide, is_known, known_or, why_unknown
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.steps import Step

NONE = Intervals()


def attachments(judge: Judge, gateway: str, vpc: str) -> tuple[list[TransitGatewayAttachment], str]:
    """Return the VPC's attachments to the gateway, and why there may be others."""
    found, why = list[TransitGatewayAttachment](), ""
    for one in judge.snapshot.transit_attachments:
        here = decide(one.vpc, lambda key: key == vpc) if one.kind is AttachmentKind.VPC else False
        there = decide(one.gateway, lambda key: key == gateway)
        if here and there:
            found.append(one)
        elif here is not False and there is not False:
            why = why_unknown(one.gateway) or why_unknown(one.vpc) or "it is not decided"
    return found, why


def forwarded(judge: Judge, gateway: str, sender: Leg, to: Where, receiver: str, origin: Origin) -> Ruling:
    """Return whether the gateway carries what arrives from the sender's VPC to the VPC `receiver` (empty: outside)."""
    found, why = attachments(judge, gateway, sender.vpc)
    box = Box(to.addresses, NONE)
    if not found:
        outcome = Outcome.UNKNOWN if why else Outcome.FAIL
        return Ruling(outcome, origin, f"the VPC is not attached to the transit gateway {gateway} {why}".strip(), box)
    one = found[0]
    if decide(one.accepted, bool) is not True:
        outcome = Outcome.FAIL if decide(one.accepted, bool) is False else Outcome.UNKNOWN
        return Ruling(outcome, one.origin, "the attachment is not accepted", box)
    if lost := _unserved(judge, one, sender, to):
        return lost
    tables = choices(one.route_table)
    if tables is None or len(tables) != 1:
        text = f"the transit gateway's route table is not known: {why_unknown(one.route_table)}"
        return Ruling(Outcome.UNKNOWN, one.origin, text, box)
    if tables[0] is None:
        return Ruling(Outcome.FAIL, one.origin, "the attachment has no transit gateway route table", box)
    table = next((each for each in judge.snapshot.transit_route_tables if each.key == tables[0]), None)
    if table is None:
        return Ruling(Outcome.UNKNOWN, one.origin, f"the route table {tables[0]} is not in the input", box)
    return _looked_up(judge, table, to, receiver)


def _unserved(judge: Judge, attachment: TransitGatewayAttachment, sender: Leg, to: Where) -> Ruling | None:
    """Return a ruling where a zone of the sender has no interface of the gateway."""
    keys = known_or(attachment.subnets, None)
    inside = [judge.snapshot.subnet_by_key.get(key) for key in keys or ()]
    served = {known_or(one.zone, None) if one else None for one in inside if one is None or one.vpc == sender.vpc}
    for subnet in sender.subnets:
        zone = known_or(subnet.zone, None)
        if (keys and subnet.key in keys) or (zone is not None and zone in served):
            continue
        sure = keys is not None and zone is not None and None not in served
        text = f"the attachment has no interface in the zone of {subnet.origin}" + (
            "" if sure else ", or it is not known"
        )
        outcome = Outcome.FAIL if sure else Outcome.UNKNOWN
        return Ruling(outcome, attachment.origin, text, Box(to.addresses, NONE))
    return None


def _looked_up(judge: Judge, table: TransitGatewayRouteTable, to: Where, receiver: str) -> Ruling:
    by_key = {one.key: one for one in judge.snapshot.transit_attachments}
    remaining, deciding = to.addresses, table.origin
    for _, _, cidr, target, origin in _entries(judge, table):
        taken = remaining & sets.network(cidr)
        if not taken:
            continue
        if target is None:
            return _ruled(to, Outcome.FAIL, origin, f"{origin} is a blackhole", taken)
        there = by_key.get(target)
        arrives = there is not None and (
            known_or(there.vpc, "") == receiver if receiver else there.kind is not AttachmentKind.VPC
        )
        if not arrives:
            known = there is not None and (there.kind is not AttachmentKind.VPC or is_known(there.vpc))
            outcome = Outcome.FAIL if known else Outcome.UNKNOWN
            return _ruled(to, outcome, origin, f"the transit gateway sends {cidr} to {target}", taken)
        remaining, deciding = remaining - taken, origin
    open_route = next((one for one in table.routes if not isinstance(one.destination, IPv4Network)), None)
    why = table.incomplete or ("a route's destination is not known" if open_route else "")
    if remaining:
        outcome = Outcome.UNKNOWN if why else Outcome.FAIL
        text = f"the transit gateway's route table has no route to {sets.address(remaining.first)} {why}".strip()
        return _ruled(to, outcome, table.origin, text, remaining)
    if why:
        return Ruling(Outcome.UNKNOWN, table.origin, f"another route may decide: {why}", Box(to.addresses, NONE))
    return Ruling(Outcome.PASS, deciding, "the transit gateway's route table leads there")


def _ruled(to: Where, outcome: Outcome, origin: Origin, detail: str, part: Intervals) -> Ruling:
    open_part = outcome is Outcome.FAIL and not to.exact and part != to.addresses
    return Ruling(Outcome.UNKNOWN if open_part else outcome, origin, detail, Box(part, NONE))


def _entries(judge: Judge, table: TransitGatewayRouteTable) -> list[tuple[int, int, IPv4Network, str | None, Origin]]:
    """Return the table's routes, longest first, static before propagated."""
    found: list[tuple[int, int, IPv4Network, str | None, Origin]] = []
    for route in table.routes:
        if isinstance(route.destination, IPv4Network):
            target = known_or(route.attachment, "?")
            found.append((-route.destination.prefixlen, 0, route.destination, target, route.origin))
    by_key = {one.key: one for one in judge.snapshot.transit_attachments}
    for key in table.propagations:
        one = by_key.get(key)
        vpc = judge.snapshot.vpc_by_key.get(known_or(one.vpc, "")) if one else None
        cidrs = known_or(vpc.cidrs, ()) if vpc else known_or(one.networks, ()) if one else ()
        found += [(-cidr.prefixlen, 1, cidr, key, one.origin) for cidr in cidrs if one]
    return sorted(found, key=lambda entry: (entry[0], entry[1], entry[2], entry[3] or ""))


def filters(
    judge: Judge, gateway: str, leg: Leg, arriving: bool, protocol: str, ports: Intervals, remote: Where, response: bool
) -> list[Step]:
    """Return how the ACLs of the gateway's subnets in the leg's VPC rule.

    `arriving`: packets from the gateway to the leg (outbound, by destination); otherwise packets from the leg
    (inbound, by
    source). `remote` is not looked at by these rules, the leg's own addresses are.
    """
    steps: list[Step] = []
    for one in attachments(judge, gateway, leg.vpc)[0]:
        keys = known_or(one.subnets, ())
        if arriving and tuple(each.key for each in leg.subnets) == keys:
            continue
        zones = {known_or(each.zone, "") for each in leg.subnets}
        near = [key for key in keys if known_or(_zone(judge, key), "") in zones] if not arriving else []
        for gate in legs_of.legs(judge.snapshot, Placement(tuple(near) or keys, (), one.origin)):
            ruling = judge.nacl(gate, arriving, protocol, leg.where, ports)
            of_client = arriving is response
            steps.append(Step(HopKind.TRANSIT, ruling, of_client, response, Disposition.DENIED_BY_NACL))
    return steps


def shares_subnet(judge: Judge, gateway: str, leg: Leg) -> bool:
    """Tell whether the gateway's only interface in the VPC is in the leg's one subnet.

    Then no ACL is asked about what comes from the gateway (transit gateway guide, network ACLs, "Same subnet").
    """
    found, why = attachments(judge, gateway, leg.vpc)
    own = tuple(each.key for each in leg.subnets)
    return not why and bool(found) and all(known_or(one.subnets, ()) == own and len(own) == 1 for one in found)


def _zone(judge: Judge, key: str):
    subnet = judge.snapshot.subnet_by_key.get(key)
    return subnet.zone if subnet else ""

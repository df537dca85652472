"""Security groups: a packet that opens a connection passes if any rule of any attached group allows it.

Stateful, so answers are never asked. Source: VPC user guide, security group rules; a reference to a group means the
private addresses of interfaces that carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from eksclave.reach import ruling, sets
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.groups import GroupRef, GroupRule, Peer, SecurityGroup
from eksclave.reach.facts.network import PrefixListRef
from eksclave.reach.facts.values import Origin, choices, known_or
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.snapshot import Snapshot

MANAGED_PUBLIC = ("s3", "dynamodb", "cloudfront", "route53-healthchecks", "s3express", "ec2-instance-connect")
EKS_DEFAULTS = "the cluster security group keeps the rules that EKS makes: everything from itself in, everything out"


@dataclass(frozen=True)
class Side:
    """The other end: its addresses and, where rules may refer to them, its groups.

    `groups` None means unknown. `references` tells whether a rule that names a group sees this end at all (same VPC,
    or a
    peered VPC of the same Region): None is open. `service` is (service, Region) for the public addresses of a service.
    """

    where: Where
    groups: tuple[str, ...] | None = ()
    references: bool | None = True
    service: tuple[str, str] | None = None


def decide(
    snapshot: Snapshot,
    own: tuple[str, ...] | None,
    egress: bool,
    protocol: str,
    side: Side,
    ports: Intervals,
    at: Origin,
) -> Ruling:
    """Return whether interfaces with the groups `own` may open (or receive) every such connection."""
    way = "egress" if egress else "ingress"
    required = Box(side.where.addresses, ports)
    if own == ():
        return Ruling(Outcome.PASS, at, "no security group filters here")
    if own is None:
        return Ruling(Outcome.UNKNOWN, at, "which security groups are attached is not known", required)
    known = [snapshot.group_by_key[key] for key in own if key in snapshot.group_by_key]
    why = next((f"the rules of {key} are not in the input" for key in own if key not in snapshot.group_by_key), "")
    why = why or next((one.incomplete for one in known if one.incomplete), "")
    sure_left, used = _left(snapshot, known, egress, protocol, side, required, sure=True)
    if not sure_left:
        origin = min((one.origin for one in used), key=lambda one: (one.address, one.attribute), default=at)
        eks = any(one.made_by_eks and rule in one.rules[:3] for one in known for rule in used)
        return Ruling(Outcome.PASS, origin, f"{way} rule {origin}", assumptions=(EKS_DEFAULTS,) if eks else ())
    possible_left = [] if why else _left(snapshot, known, egress, protocol, side, required, sure=False)[0]
    origin = known[0].origin if known else at
    packet = ruling.show_box((possible_left or sure_left)[0], protocol)
    names = ", ".join(str(one.origin) for one in known) or ", ".join(own)
    if possible_left:
        detail = f"no {way} rule of {names} allows {'to' if egress else 'from'} {packet}"
    else:
        detail = f"whether an {way} rule of {names} allows {packet} is open" + (f": {why}" if why else "")
    found = ruling.rule(side.where, required, sure_left, possible_left, origin, detail)
    assert found is not None
    return found


def _left(
    snapshot: Snapshot,
    groups: list[SecurityGroup],
    egress: bool,
    protocol: str,
    side: Side,
    required: Box,
    sure: bool,
) -> tuple[list[Box], list[GroupRule]]:
    """Return what no rule allows, and the rules that allowed something."""
    by_ports, used = dict[Intervals, list[tuple[int, int]]](), list[GroupRule]()
    for rule in (one for group in groups for one in group.rules if one.egress is egress):
        if not ruling.matches_protocol(rule.protocol, protocol, sure):
            continue
        all_ports = ruling.takes_all_ports(rule.protocol, sure)
        ports = sets.EVERY_PORT if all_ports else ruling.ports_of(rule.ports, sure)
        addresses = _peer(snapshot, rule, side, sure)
        if required.ports.meets(ports) and required.addresses.meets(addresses):
            by_ports.setdefault(ports, []).extend(addresses)
            used.append(rule)
    remaining = [required]
    for ports, pairs in sorted(by_ports.items(), key=lambda item: tuple(item[0])):
        remaining = sets.without(remaining, Box(Intervals.of(pairs), ports))
    return remaining, used


def _peer(snapshot: Snapshot, rule: GroupRule, side: Side, sure: bool) -> Intervals:
    found = choices(rule.peer)
    if found is None:
        return Intervals() if sure else side.where.addresses
    parts = [_one_peer(snapshot, one, side, sure) for one in found]
    return ruling.meet(parts) if sure else ruling.join(parts)


def _one_peer(snapshot: Snapshot, peer: Peer, side: Side, sure: bool) -> Intervals:
    if isinstance(peer, IPv4Network):
        return sets.network(peer)
    if isinstance(peer, IPv6Network):
        return Intervals()
    if isinstance(peer, GroupRef):
        carries = None if side.groups is None else peer.key in side.groups
        if carries is False or side.references is False:
            return Intervals()
        certain = carries is True and side.references is True
        return side.where.addresses if certain or not sure else Intervals()
    return _prefix_list(snapshot, peer, side, sure)


def _prefix_list(snapshot: Snapshot, ref: PrefixListRef, side: Side, sure: bool) -> Intervals:
    found = snapshot.prefix_list_by_key.get(ref.key)
    if found is None:
        return Intervals() if sure else side.where.addresses
    region = known_or(found.region, "")
    if side.service and found.service == side.service[0] and region in ("", side.service[1]):
        certain = region == side.service[1] or not sure
        return side.where.addresses if certain else Intervals()
    options = choices(found.entries)
    if options is not None:
        parts = [sets.networks(one for one in many if isinstance(one, IPv4Network)) for many in options]
        return ruling.meet(parts) if sure else ruling.join(parts)
    if sure:
        return Intervals()
    return sets.PUBLIC if found.service in MANAGED_PUBLIC else sets.EVERY_ADDRESS

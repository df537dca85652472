"""One packet and its answer through a fully known world, straight from AWS's rules: where is it dropped, if anywhere?

Written from the VPC user guide (route priority, network ACLs, security groups, peering), the transit gateway guide
(attachments, network ACLs) and the EKS facts, without a look at the engine. It knows no sets: every question is about one
source address, one destination address and one port on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from eksclave.net import Protocol
from eksclave.reach.answer import HopKind
from eksclave.reach.facts.groups import GroupRef, Placement
from eksclave.reach.facts.network import PrefixListRef, TargetKind
from eksclave.reach.snapshot import Snapshot


@dataclass(frozen=True)
class Interface:
    """One network interface, or an address outside of all VPCs (`subnet` empty)."""

    address: IPv4Address
    subnet: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """One connection: the client's port and the server's."""

    client: Interface
    server: Interface
    client_port: int
    server_port: int
    protocol: Protocol


@dataclass(frozen=True)
class Crossing:
    """A packet passes the ACL of this subnet, outwards or inwards."""

    subnet: str
    egress: bool
    hop: HopKind


def drops(world: Snapshot, attempt: Attempt) -> set[HopKind]:
    """Return every point that would drop the request, or (were it delivered) its answer; empty if it works."""
    client, server = attempt.client, attempt.server
    found = set[HopKind]()
    if client.subnet and not _group_allows(world, attempt, egress=True):
        found.add(HopKind.SOURCE_GROUP)
    if server.subnet and not _group_allows(world, attempt, egress=False):
        found.add(HopKind.DESTINATION_GROUP)
    there = Journey(world, client, server, answer=False)
    back = Journey(world, server, client, answer=True)
    for journey, port in ((there, attempt.server_port), (back, attempt.client_port)):
        for crossing in journey.crossings():
            if not isinstance(crossing, Crossing):
                found.add(crossing)
                continue
            remote = journey.end.address if crossing.egress else journey.start.address
            if not _acl_allows(world, crossing, remote, port, attempt.protocol):
                found.add(crossing.hop)
    return found


def table_of(world: Snapshot, subnet_key: str) -> str:
    """Return the route table that decides for a subnet: its own association, else the VPC's main table."""
    subnet: Any = world.subnet_by_key[subnet_key]
    return subnet.route_table or world.vpc_by_key[subnet.vpc].main_route_table


@dataclass(frozen=True)
class Journey:
    """One packet's way from one interface to another."""

    world: Snapshot
    start: Interface
    end: Interface
    answer: bool

    def crossings(self) -> Iterator[Crossing | HopKind]:
        """Yield the ACLs on the way, or the kind of the hop where the way ends too early."""
        lost = HopKind.RETURN_ROUTE if self.answer else HopKind.ROUTE_OUT
        leave = HopKind.RETURN_NACL_OUT if self.answer else HopKind.SOURCE_NACL_OUT
        enter = HopKind.RETURN_NACL_IN if self.answer else HopKind.DESTINATION_NACL_IN
        if self.start.subnet and self.start.subnet == self.end.subnet:
            return  # never meets the VPC's router
        if not self.start.subnet:
            yield Crossing(self.end.subnet, False, enter)  # S3 answers through the gateway endpoint
            return
        yield Crossing(self.start.subnet, True, leave)
        kind, target = route(self.world, self.start.subnet, self.end.address)
        here = self.world.subnet_by_key[self.start.subnet].vpc
        there = self.world.subnet_by_key[self.end.subnet].vpc if self.end.subnet else ""
        if kind is TargetKind.TRANSIT_GATEWAY:
            yield from self._transit(target, here, there, lost, enter)
            return
        if self.end.subnet:
            yield Crossing(self.end.subnet, False, enter)
        arrives = (
            (kind is TargetKind.LOCAL and here == there)
            or (kind is TargetKind.GATEWAY_ENDPOINT and not self.end.subnet)
            or (kind is TargetKind.PEERING and self._peered(target, here, there))
        )
        if not arrives:
            yield lost

    def _peered(self, key: str, here: str, there: str) -> bool:
        for peering in self.world.peerings:
            if peering.key == key and peering.accepted:
                return {peering.requester, peering.accepter} == {here, there} and here != there
        return False

    def _transit(
        self, gateway: str, here: str, there: str, lost: HopKind, enter: HopKind
    ) -> Iterator[Crossing | HopKind]:
        world = self.world
        between = HopKind.RETURN_ROUTE if self.answer else HopKind.TRANSIT
        near = attachment(world, gateway, here)
        far = attachment(world, gateway, there) if there else None
        zone = world.subnet_by_key[self.start.subnet].zone
        doors = [] if near is None else [key for key in near.subnets if world.subnet_by_key[key].zone == zone]
        if near is None or far is None or not near.accepted or not far.accepted or not doors or not near.route_table:
            yield lost
            return
        # Also where sender and gateway share the subnet: "inbound rules use the source IP address" (guide, tgw-nacls).
        yield Crossing(doors[0], False, between)
        if transit_route(world, near.route_table, self.end.address) != far.key:
            yield lost
        for door in far.subnets:  # AWS "attempts" to keep to the zone, which is no promise
            if door == self.end.subnet:
                continue  # "outbound and inbound rules are not evaluated"
            yield Crossing(door, True, between)
            yield Crossing(self.end.subnet, False, enter)
            if route(world, door, self.end.address)[0] is not TargetKind.LOCAL:
                yield lost


def attachment(world: Snapshot, gateway: str, vpc: str) -> Any:
    """Return the VPC's attachment to a transit gateway, None if it has none."""
    return next((one for one in world.transit_attachments if one.gateway == gateway and one.vpc == vpc), None)


def transit_route(world: Snapshot, table_key: str, address: IPv4Address) -> str | None:
    """Return the attachment that a transit gateway route table sends an address to: longest prefix, static first."""
    table: Any = next(one for one in world.transit_route_tables if one.key == table_key)
    found = list[tuple[int, int, str | None]]()
    for one in table.routes:
        if address in one.destination:
            found.append((one.destination.prefixlen, 1, one.attachment))
    for key in table.propagations:
        behind: Any = next(one for one in world.transit_attachments if one.key == key)
        for cidr in world.vpc_by_key[behind.vpc].cidrs:  # pyright: ignore
            if address in cidr:
                found.append((cidr.prefixlen, 0, key))
    return max(found, key=lambda one: one[:2])[2] if found else None


def route(world: Snapshot, subnet_key: str, address: IPv4Address) -> tuple[TargetKind, str]:
    """Return the target of the longest matching prefix: the VPC's own ranges, static routes, gateway prefix lists."""
    table_key = table_of(world, subnet_key)
    table: Any = world.route_table_by_key[table_key]
    vpc: Any = world.vpc_by_key[table.vpc]
    found = list[tuple[int, int, TargetKind, str]]()
    for cidr in vpc.cidrs:
        if address in cidr:
            found.append((cidr.prefixlen, 0, TargetKind.LOCAL, ""))
    for one in table.routes:
        if isinstance(one.destination, PrefixListRef):
            nets, rank = _listed(world, one.destination.key), 1
        else:
            nets, rank = (one.destination,), 2
        found += [(net.prefixlen, rank, one.kind, one.target) for net in nets if net.version == 4 and address in net]
    for gateway in world.endpoints:
        if gateway.kind == "Gateway" and table_key in gateway.route_tables:  # type: ignore[operator]
            found += [
                (net.prefixlen, 1, TargetKind.GATEWAY_ENDPOINT, gateway.key)
                for net in _listed(world, gateway.prefix_list)
                if address in net
            ]
    if not found:
        return TargetKind.BLACKHOLE, ""
    best = max(found, key=lambda one: one[:2])
    return best[2], best[3]


def _listed(world: Snapshot, key: str) -> tuple[IPv4Network, ...]:
    entries: Any = world.prefix_list_by_key[key].entries
    return tuple(net for net in entries if net.version == 4)


def _protocol_matches(written: str, protocol: Protocol) -> bool:
    return written in ("all", str(protocol), str(protocol.number))


def _acl_allows(world: Snapshot, crossing: Crossing, remote: IPv4Address, port: int, protocol: Protocol) -> bool:
    acl: Any = world.nacl_by_key[world.subnet_by_key[crossing.subnet].nacl]  # type: ignore[index]
    for entry in sorted((one for one in acl.entries if one.egress == crossing.egress), key=lambda one: one.number):
        ports_match = entry.protocol == "all" or entry.ports is None or port in entry.ports
        if _protocol_matches(entry.protocol, protocol) and ports_match and remote in entry.cidr:
            return entry.allow
    return False


def _group_allows(world: Snapshot, attempt: Attempt, *, egress: bool) -> bool:
    own, remote = (attempt.client, attempt.server) if egress else (attempt.server, attempt.client)
    for key in own.groups:
        rules: Any = world.group_by_key[key].rules
        for rule in rules:
            ports_match = rule.protocol == "all" or rule.ports is None or attempt.server_port in rule.ports
            fits = rule.egress == egress and _protocol_matches(rule.protocol, attempt.protocol) and ports_match
            if fits and _peer_matches(world, rule.peer, own, remote, egress=egress):
                return True
    return False


def _peer_matches(world: Snapshot, peer: Any, own: Interface, remote: Interface, *, egress: bool) -> bool:
    if isinstance(peer, GroupRef):
        return peer.key in remote.groups and references_work(world, own, remote, egress=egress)
    if isinstance(peer, PrefixListRef):
        return any(remote.address in net for net in _listed(world, peer.key))
    return peer.version == 4 and remote.address in peer


def references_work(world: Snapshot, own: Interface, remote: Interface, *, egress: bool) -> bool:
    """Tell whether a rule on `own` may name a group that `remote` carries.

    In one VPC always; over a peering within one Region; over a transit gateway only inbound, and only where the gateway
    and both attachments have it switched on (guide, tgw security group referencing). The packet's own way counts.
    """
    here, there = world.subnet_by_key[own.subnet].vpc, world.subnet_by_key[remote.subnet].vpc
    if here == there:
        return True
    sender, receiver = (own, remote) if egress else (remote, own)
    kind, target = route(world, sender.subnet, receiver.address)
    if kind is TargetKind.PEERING:
        return any(one.key == target and one.accepted and not one.cross_region for one in world.peerings)
    if kind is TargetKind.TRANSIT_GATEWAY and not egress:
        gateway = next(one for one in world.transit_gateways if one.key == target)
        ends = (attachment(world, target, here), attachment(world, target, there))
        return bool(gateway.group_references) and all(one is not None and one.group_references for one in ends)
    return False


def usable(cidr: IPv4Network) -> range:
    """Return the addresses that interfaces of a subnet may get, as numbers: not its first four, not its last."""
    return range(int(cidr.network_address) + 4, int(cidr.broadcast_address))


def may_be(world: Snapshot, placement: Placement, address: IPv4Address) -> Iterator[Interface]:
    """Yield the interfaces of a placement that could have this address."""
    subnets: Any = placement.subnets
    groups: Any = placement.groups
    for key in subnets:
        cidr: Any = world.subnet_by_key[key].cidr
        if int(address) in usable(cidr) and (not placement.addresses or address in placement.addresses):
            yield Interface(address, key, groups)

"""The same world as a formula: is there any packet, over all addresses and ports, that is not delivered or not answered?

Bit vectors for both addresses and both ports; ACLs are nested choices in the order of their numbers, route tables nested
choices by falling prefix length. Nothing is shared with the simulator but the data classes of the snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import z3
from eksclave.net import PortRange, Protocol
from eksclave.reach.facts.groups import GroupRef, Placement
from eksclave.reach.facts.network import PrefixListRef, TargetKind
from eksclave.reach.snapshot import Snapshot

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True)
class Spot:
    """One subnet that one placement allows, or (subnet empty) these ranges outside of all VPCs."""

    subnet: str
    groups: tuple[str, ...]
    addresses: tuple[IPv4Address, ...] = ()
    ranges: tuple[IPv4Network, ...] = ()


def spots(placements: tuple[Placement, ...]) -> list[Spot]:
    """Return every subnet of every placement."""
    return [
        Spot(key, one.groups, one.addresses)  # type: ignore[arg-type]
        for one in placements
        for key in one.subnets  # type: ignore[union-attr]
    ]


@dataclass(frozen=True)
class Counterexample:
    """A packet that the formula says is lost."""

    client: tuple[IPv4Address, Spot]
    server: tuple[IPv4Address, Spot]
    client_port: int
    server_port: int


def lost_packet(
    world: Snapshot,
    clients: list[Spot],
    servers: list[Spot],
    ports: tuple[PortRange, ...],
    ephemeral: Any,
    protocol: Protocol,
) -> Counterexample | None:
    """Return a packet of any pair of spots that is not delivered and answered; None if there is none.

    `ephemeral` gives the client's port range for (client's VPC, whether the destination is outside of its ranges).
    """
    for client in clients:
        for server in servers:
            found = _Pair(world, client, server, protocol).solve(ports, ephemeral)
            if found is not None:
                return found
    return None


class _Pair:
    def __init__(self, world: Snapshot, client: Spot, server: Spot, protocol: Protocol) -> None:
        self.world, self.client, self.server, self.protocol = world, client, server, protocol
        self.source, self.destination = z3.BitVecs("source destination", 32)
        self.near_port, self.far_port = z3.BitVecs("near far", 16)

    def solve(self, ports: tuple[PortRange, ...], ephemeral: Any) -> Counterexample | None:
        solver = z3.SolverFor("QF_BV")
        solver.add(self._at(self.source, self.client), self._at(self.destination, self.server))
        solver.add(z3.Or([_within(self.far_port, one) for one in ports]))
        vpc: Any = self.world.vpc_by_key[self.world.subnet_by_key[self.client.subnet].vpc]
        inside = z3.Or([_in(self.destination, cidr) for cidr in vpc.cidrs])
        solver.add(z3.If(inside, _within(self.near_port, ephemeral(False)), _within(self.near_port, ephemeral(True))))
        solver.add(z3.Not(self._works()))
        if solver.check() != z3.sat:
            return None
        model = solver.model()

        def number(variable: Any) -> int:
            return model.eval(variable, model_completion=True).as_long()

        return Counterexample(
            (IPv4Address(number(self.source)), self.client),
            (IPv4Address(number(self.destination)), self.server),
            number(self.near_port),
            number(self.far_port),
        )

    def _at(self, address: Any, spot: Spot) -> Any:
        if not spot.subnet:
            return z3.Or([_in(address, one) for one in spot.ranges])
        cidr: Any = self.world.subnet_by_key[spot.subnet].cidr
        first, last = int(cidr.network_address) + 4, int(cidr.broadcast_address) - 1
        usable = z3.And(z3.UGE(address, first), z3.ULE(address, last))
        return z3.And(usable, z3.Or([address == int(one) for one in spot.addresses])) if spot.addresses else usable

    def _works(self) -> Any:
        out = self._group(self.client, self.server, self.destination, True) if self.client.subnet else TRUE
        into = self._group(self.server, self.client, self.source, False) if self.server.subnet else TRUE
        request = self._way(self.client, self.server, self.source, self.destination, self.far_port)
        answer = self._way(self.server, self.client, self.destination, self.source, self.near_port)
        return z3.And(out, into, request, answer)

    def _way(self, start: Spot, end: Spot, source: Any, destination: Any, port: Any) -> Any:
        if start.subnet == end.subnet:
            return TRUE
        if not start.subnet:
            return self._acl(end.subnet, False, source, port)
        here = self._vpc(start)
        there = self._vpc(end) if end.subnet else ""
        entered = self._acl(end.subnet, False, source, port) if end.subnet else TRUE
        left = self._acl(start.subnet, True, destination, port)

        def arrives(kind: TargetKind, target: str) -> Any:
            if kind is TargetKind.LOCAL:
                return entered if here == there else FALSE
            if kind is TargetKind.GATEWAY_ENDPOINT:
                return FALSE if end.subnet else TRUE
            if kind is TargetKind.PEERING:
                ends = [{p.requester, p.accepter} for p in self.world.peerings if p.key == target and p.accepted]
                return entered if ends == [{here, there}] and here != there else FALSE
            if kind is TargetKind.TRANSIT_GATEWAY and there:
                return self._transit(target, start, end, source, destination, port)
            return FALSE

        return z3.And(left, self._routed(start.subnet, destination, arrives))

    def _transit(self, gateway: str, start: Spot, end: Spot, source: Any, destination: Any, port: Any) -> Any:
        attached: dict[str, Any] = {
            str(one.vpc): one for one in self.world.transit_attachments if one.gateway == gateway and one.accepted
        }
        near, far = attached.get(self._vpc(start)), attached.get(self._vpc(end))
        if near is None or far is None or not near.route_table:
            return FALSE
        zone = self.world.subnet_by_key[start.subnet].zone
        doors = [key for key in near.subnets if self.world.subnet_by_key[key].zone == zone]
        if not doors:
            return FALSE
        through = [self._acl(doors[0], False, source, port), self._transit_choice(near, far, destination)]
        for key in far.subnets:
            if key == end.subnet:
                continue
            through += [
                self._acl(key, True, destination, port),
                self._acl(end.subnet, False, source, port),
                self._routed(key, destination, lambda kind, _: TRUE if kind is TargetKind.LOCAL else FALSE),
            ]
        return z3.And(through)

    def _transit_choice(self, near: Any, far: Any, destination: Any) -> Any:
        table: Any = next(one for one in self.world.transit_route_tables if one.key == near.route_table)
        rows = [(one.destination, True, one.attachment) for one in table.routes]
        for key in table.propagations:
            vpc = next(one.vpc for one in self.world.transit_attachments if one.key == key)
            cidrs: Any = self.world.vpc_by_key[str(vpc)].cidrs
            rows += [(cidr, False, key) for cidr in cidrs]
        formula = FALSE
        for cidr, _, target in sorted(rows, key=lambda row: (row[0].prefixlen, row[1])):
            formula = z3.If(_in(destination, cidr), TRUE if target == far.key else FALSE, formula)
        return formula

    def _routed(self, subnet_key: str, destination: Any, arrives: Any) -> Any:
        world = self.world
        subnet: Any = world.subnet_by_key[subnet_key]
        vpc: Any = world.vpc_by_key[subnet.vpc]
        key: Any = subnet.route_table if subnet.route_table is not None else vpc.main_route_table
        rows: list[tuple[int, int, Any, TargetKind, str]] = [
            (cidr.prefixlen, 0, cidr, TargetKind.LOCAL, "") for cidr in vpc.cidrs
        ]
        for one in world.route_table_by_key[key].routes:
            listed = isinstance(one.destination, PrefixListRef)
            cidrs: Any = self._list(one.destination.key) if listed else [one.destination]  # type: ignore[union-attr]
            rows += [
                (cidr.prefixlen, 1 if listed else 2, cidr, one.kind, str(one.target))
                for cidr in cidrs
                if isinstance(cidr, IPv4Network)
            ]
        for gateway in world.endpoints:
            if gateway.kind == "Gateway" and key in gateway.route_tables:  # type: ignore[operator]
                cidrs = self._list(gateway.prefix_list)
                rows += [(cidr.prefixlen, 1, cidr, TargetKind.GATEWAY_ENDPOINT, gateway.key) for cidr in cidrs]
        formula = FALSE
        for _, _, cidr, kind, target in sorted(rows, key=lambda row: row[:2]):
            formula = z3.If(_in(destination, cidr), arrives(kind, target), formula)
        return formula

    def _acl(self, subnet_key: str, egress: bool, remote: Any, port: Any) -> Any:
        acl: Any = self.world.nacl_by_key[str(self.world.subnet_by_key[subnet_key].nacl)]
        formula = FALSE
        for entry in sorted(acl.entries, key=lambda one: -one.number):
            if entry.egress == egress and entry.protocol in self._names() and isinstance(entry.cidr, IPv4Network):
                matches = z3.And(_in(remote, entry.cidr), self._port(port, entry))
                formula = z3.If(matches, TRUE if entry.allow else FALSE, formula)
        return formula

    def _group(self, own: Spot, other: Spot, remote: Any, egress: bool) -> Any:
        allowed = [FALSE]
        for key in own.groups:
            rules: Any = self.world.group_by_key[key].rules
            for rule in rules:
                if rule.egress == egress and rule.protocol in self._names():
                    allowed.append(
                        z3.And(self._peer(rule.peer, own, other, remote, egress), self._port(self.far_port, rule))
                    )
        return z3.Or(allowed)

    def _peer(self, peer: Any, own: Spot, other: Spot, remote: Any, egress: bool) -> Any:
        if isinstance(peer, GroupRef):
            return self._reference(own, other, egress) if peer.key in other.groups else FALSE
        if isinstance(peer, PrefixListRef):
            return z3.Or([FALSE, *(_in(remote, one) for one in self._list(peer.key))])
        return _in(remote, peer) if isinstance(peer, IPv4Network) else FALSE

    def _reference(self, own: Spot, other: Spot, egress: bool) -> Any:
        here, there = self._vpc(own), self._vpc(other)
        if here == there:
            return TRUE
        start = own.subnet if egress else other.subnet

        def referable(kind: TargetKind, target: str) -> Any:
            if kind is TargetKind.PEERING:
                fit = any(p.key == target and p.accepted and not p.cross_region for p in self.world.peerings)
                return TRUE if fit else FALSE
            if kind is TargetKind.TRANSIT_GATEWAY and not egress:
                sure = [one.group_references for one in self.world.transit_gateways if one.key == target]
                for vpc in (here, there):
                    sure += [
                        one.group_references
                        for one in self.world.transit_attachments
                        if one.gateway == target and one.vpc == vpc
                    ] or [False]
                return TRUE if all(sure) else FALSE
            return FALSE

        return self._routed(start, self.destination, referable)

    def _names(self) -> tuple[str, ...]:
        return "all", str(self.protocol), str(self.protocol.number)

    def _port(self, port: Any, rule: Any) -> Any:
        return TRUE if rule.protocol == "all" or rule.ports is None else _within(port, rule.ports)

    def _vpc(self, spot: Spot) -> str:
        return self.world.subnet_by_key[spot.subnet].vpc

    def _list(self, key: str) -> list[IPv4Network]:
        entries: Any = self.world.prefix_list_by_key[key].entries
        return [one for one in entries if isinstance(one, IPv4Network)]


def _in(address: Any, cidr: Any) -> Any:
    if cidr.prefixlen == 0:
        return TRUE
    shift = 32 - cidr.prefixlen
    return z3.LShR(address, shift) == int(cidr.network_address) >> shift


def _within(port: Any, ports: PortRange) -> Any:
    return z3.And(z3.UGE(port, ports.first), z3.ULE(port, ports.last))

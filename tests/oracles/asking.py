"""Ask the brute-force simulator and the formula one case, and read the engine's counterexample as single packets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from eksclave.net import PortRange
from eksclave.reach.answer import HopKind, Trace
from eksclave.reach.question import Client
from hypothesis import HealthCheck, settings

from tests.oracles.encoding import Counterexample, Spot, lost_packet, spots
from tests.oracles.simulator import Attempt, Interface, drops, may_be, usable
from tests.oracles.worlds import Case

DEEP = int(os.environ.get("EKSCLAVE_EXAMPLES", "0"))
"""More examples than usual, drawn anew at each run: EKSCLAVE_EXAMPLES=5000 pytest tests/property."""


def depth(usual: int) -> settings:
    """Return how long to look: always the same examples, unless the environment asks to go deep."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=DEEP or usual,
        derandomize=not DEEP,
        deadline=None,
        database=None,
        suppress_health_check=slow,
        print_blob=False,
    )


def client_ports(case: Case, leaves: bool) -> PortRange:
    """Return the source ports, from the VPC guide's list of ephemeral ranges and the CNI's source NAT."""
    client = case.question.source.client
    if client is Client.WINDOWS:
        return PortRange(49152, 65535)
    if client is Client.ANY or (client is Client.NODE and leaves):
        return PortRange(1024, 65535)
    return PortRange(32768, 60999)


def formula_says(case: Case) -> Counterexample | None:
    """Return a lost packet by the SMT encoding."""
    servers = spots(case.servers) or [Spot("", (), (), case.ranges)]
    return lost_packet(
        case.world,
        spots(case.question.source.placements),
        servers,
        case.question.ports,
        lambda leaves: client_ports(case, leaves),
        case.question.protocol,
    )


def leaves(case: Case, subnet: str, destination: IPv4Address) -> bool:
    """Tell whether an address is outside of the ranges of the subnet's VPC."""
    vpc: Any = case.world.vpc_by_key[case.world.subnet_by_key[subnet].vpc]
    return not any(destination in cidr for cidr in vpc.cidrs)


def as_attempt(case: Case, found: Counterexample) -> Attempt:
    """Return the formula's packet as one connection for the simulator."""
    client, server = (Interface(address, spot.subnet, spot.groups) for address, spot in (found.client, found.server))
    return Attempt(client, server, found.client_port, found.server_port, case.question.protocol)


def packets_of(case: Case, answer: Trace) -> Iterator[Attempt]:
    """Yield every connection of the question that the engine's packet can belong to."""
    packet = answer.packet
    assert packet is not None
    client, server = packet.source, packet.destination
    near, far = packet.source_port, packet.destination_port
    if packet.direction == "response":
        client, server, near, far = server, client, far, near
    if not any(far in ports for ports in case.question.ports):
        return
    for source in (one for place in case.question.source.placements for one in may_be(case.world, place, client)):
        if near not in client_ports(case, leaves(case, source.subnet, server)):
            continue
        for target in _targets(case, server):
            yield Attempt(source, target, near, far, packet.protocol)


def _targets(case: Case, address: IPv4Address) -> Iterator[Interface]:
    for place in case.servers:
        yield from may_be(case.world, place, address)
    if any(address in one for one in case.ranges):
        yield Interface(address, "", ())


def brute_force(case: Case) -> Iterator[tuple[Attempt, set[HopKind]]]:
    """Yield connections with what drops them: one for every box between the borders that any rule draws.

    All decisions are constant between two neighbouring borders, so that the lowest member of each box speaks for it.
    """
    ports = _port_borders(case)
    for source in _interfaces(case, case.question.source.placements):
        for target in _interfaces(case, case.servers) or _outside(case):
            near = client_ports(case, leaves(case, source.subnet, target.address))
            for low in _starts(ports, [near]):
                for high in _starts(ports, case.question.ports):
                    attempt = Attempt(source, target, low, high, case.question.protocol)
                    yield attempt, drops(case.world, attempt)


def _outside(case: Case) -> list[Interface]:
    borders = _address_borders(case)
    found = list[Interface]()
    for cidr in case.ranges:
        first, last = int(cidr.network_address), int(cidr.broadcast_address)
        starts = {first, *(border for border in borders if first <= border <= last)}
        found += [Interface(IPv4Address(one), "", ()) for one in sorted(starts)]
    return found


def _interfaces(case: Case, places: Any) -> list[Interface]:
    borders, found = _address_borders(case), list[Interface]()
    for place in places:
        for key in place.subnets:
            cidr: Any = case.world.subnet_by_key[key].cidr
            own = usable(cidr)
            starts = {own[0], *(border for border in borders if border in own)}
            wanted = [int(one) for one in place.addresses] or sorted(starts)
            found += [Interface(IPv4Address(one), key, place.groups) for one in wanted if one in own]
    return found


def _address_borders(case: Case) -> set[int]:
    world: Any = case.world
    nets = [entry.cidr for acl in world.nacls for entry in acl.entries]
    nets += [rule.peer for group in world.groups for rule in group.rules if hasattr(rule.peer, "prefixlen")]
    nets += [cidr for one in world.vpcs for cidr in one.cidrs]
    nets += [net for one in world.prefix_lists for net in one.entries]
    nets += [one.destination for table in world.route_tables for one in table.routes]
    nets += [one.destination for table in world.transit_route_tables for one in table.routes]
    known = [net for net in nets if getattr(net, "version", 6) == 4]
    return {edge for net in known for edge in (int(net.network_address), int(net.broadcast_address) + 1)}


def _port_borders(case: Case) -> set[int]:
    world: Any = case.world
    used = [entry.ports for acl in world.nacls for entry in acl.entries]
    used += [rule.ports for group in world.groups for rule in group.rules]
    return {edge for ports in used if ports is not None for edge in (ports.first, ports.last + 1)}


def _starts(borders: set[int], ranges: Any) -> list[int]:
    return sorted({edge for one in ranges for edge in (one.first, *borders) if edge in one})

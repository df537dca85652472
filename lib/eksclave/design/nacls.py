"""Network ACLs per tier, generated from the required flows: both directions, both ends, and the answers.

An entry names the range that a tier owns, not the subnets of today, so a new zone changes no entry. A network ACL
acts only on packets that cross a subnet border, and cannot name a prefix list: S3 needs 443 out to everywhere and
the answers in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from eksclave.catalog.endpoints import find_service
from eksclave.catalog.features import Feature
from eksclave.catalog.flows import RequiredFlow, Role, required_flows
from eksclave.design.model import NaclEntry
from eksclave.design.model.network import TierName
from eksclave.design.nacl_numbers import Direction, Need, fewest, number_entries
from eksclave.errors import InputError, Mistake
from eksclave.net import PortRange, Protocol

LIMIT = 19
"""AWS admits 20 rules per direction, the default deny among them (VPC user guide, quotas)."""

EVERYWHERE = IPv4Network("0.0.0.0/0")
EPHEMERAL = PortRange(1024, 65535)
"""Answers go to any of these: the VPC CNI rewrites source ports with the kernel's NAT, load balancers use them all
(C13)."""

APP_PORTS = PortRange(1, 65535)
_SMALL: tuple[TierName, ...] = ("control_plane", "endpoints", "load_balancers")
_NOT_OURS = frozenset({"E4"})
"""Clients' own addresses reach targets only through NLBs that preserve them; the shared load balancer is an ALB."""


@dataclass(frozen=True)
class Ranges:
    """What each tier owns, and the networks of operators outside."""

    vpc: IPv4Network
    owned: Mapping[TierName, tuple[IPv4Network, ...]]
    operators: tuple[IPv4Network, ...]
    api: TierName = "control_plane"
    """Where the control plane's interfaces are."""
    transit: bool = False
    """A transit gateway hands operators' packets over inside the control-plane subnets."""

    @property
    def homes(self) -> Mapping[Role, TierName]:
        """The tier that each role lives in."""
        return {
            Role.NODE: "nodes",
            Role.POD: "nodes",
            Role.BASTION: "nodes",
            Role.MOUNT_TARGET: "nodes",
            Role.CONTROL_PLANE: self.api,
            Role.LOAD_BALANCER: "load_balancers",
        }


@dataclass(frozen=True)
class _Path:
    """One way for packets between two sides; a side is a tier, or ranges outside it."""

    source: TierName | tuple[IPv4Network, ...]
    target: TierName | tuple[IPv4Network, ...]
    protocol: Protocol
    ports: PortRange
    flow: str
    title: str


def nacl_entries(features: Set[Feature], ranges: Ranges) -> dict[TierName, tuple[NaclEntry, ...]]:
    """Return the entries of each tier's network ACL; raise where a tier would need more than AWS admits."""
    paths = tuple(_paths(features, ranges))
    tiers: tuple[TierName, ...] = ("control_plane", "endpoints", "load_balancers", "nodes")
    return {tier: _numbered(tier, _needs(tier, paths, ranges), ranges) for tier in tiers}


def _paths(features: Set[Feature], ranges: Ranges) -> Iterator[_Path]:
    for flow in required_flows(features):
        if flow.id in _NOT_OURS:
            continue
        for source in _sources(flow, ranges):
            if flow.kind == "service":
                yield from _service_paths(flow, features, source)
            elif flow.kind == "path" and flow.target is not None and flow.target in ranges.homes:
                for protocol, ports in _ports(flow, features):
                    yield _Path(source, ranges.homes[flow.target], protocol, ports, flow.id, flow.title)
    yield _Path("nodes", "nodes", Protocol.TCP, APP_PORTS, "C11", "pods talk to pods on other nodes")
    if ranges.transit:
        yield _Path("control_plane", ranges.api, Protocol.TCP, PortRange.of(443), "B3", "operators by transit gateway")
        for port in (80, 443):
            range_ = PortRange.of(port)
            yield _Path("control_plane", "load_balancers", Protocol.TCP, range_, "E1", "operators by transit gateway")


def _sources(flow: RequiredFlow, ranges: Ranges) -> Iterator[TierName | tuple[IPv4Network, ...]]:
    found: set[TierName] = {ranges.homes[role] for role in flow.sources if role in ranges.homes}
    if Role.CLIENT in flow.sources:
        found.add("nodes")
    yield from sorted(found)
    if ranges.operators and {Role.CLIENT, Role.OPERATOR} & set(flow.sources):
        yield ranges.operators


def _service_paths(
    flow: RequiredFlow, features: Set[Feature], source: TierName | tuple[IPv4Network, ...]
) -> Iterator[_Path]:
    for suffix in flow.services_for(features):
        gateway = find_service(suffix).kind == "Gateway"
        target = (EVERYWHERE,) if gateway else "endpoints"
        for protocol, ports in _ports(flow, features):
            yield _Path(source, target, protocol, ports, flow.id, flow.title)


def _ports(flow: RequiredFlow, features: Set[Feature]) -> tuple[tuple[Protocol, PortRange], ...]:
    """Return the flow's ports; a flow to pods without a port of its own may use any."""
    uses = flow.ports_for(features)
    return tuple((use.protocol, use.ports) for use in uses) or ((Protocol.TCP, APP_PORTS),)


def _needs(tier: TierName, paths: Iterable[_Path], ranges: Ranges) -> Iterator[Need]:
    for path in paths:
        if path.source == path.target == tier == "nodes":
            for cidr in ranges.owned[tier]:
                for direction in ("ingress", "egress"):
                    yield Need(direction, None, cidr, None, (path.flow,), "nodes and pods talk to each other freely")
            continue
        if path.target == tier:
            for cidr in _cidrs(path.source, ranges):
                yield Need("ingress", path.protocol, cidr, path.ports, (path.flow,), path.title)
                yield Need("egress", path.protocol, cidr, EPHEMERAL, (path.flow, "C13"), f"answers: {path.title}")
        if path.source == tier:
            for cidr in _cidrs(path.target, ranges):
                yield Need("egress", path.protocol, cidr, path.ports, (path.flow,), path.title)
                yield Need("ingress", path.protocol, cidr, EPHEMERAL, (path.flow, "C13"), f"answers: {path.title}")


def _cidrs(side: TierName | tuple[IPv4Network, ...], ranges: Ranges) -> tuple[IPv4Network, ...]:
    return side if isinstance(side, tuple) else ranges.owned[side]


def _numbered(tier: TierName, needs: Iterable[Need], ranges: Ranges) -> tuple[NaclEntry, ...]:
    wanted = tuple(needs)
    entries: list[NaclEntry] = []
    directions: tuple[Direction, ...] = ("ingress", "egress")
    for direction in directions:
        mine = [need for need in wanted if need.direction == direction]
        kept = fewest(mine)
        if len(kept) > LIMIT:
            kept = fewest(_widened(mine, ranges))
        if len(kept) > LIMIT:
            said = f"the network ACL of {tier} would need {len(kept)} {direction} entries, {LIMIT} is the most"
            raise InputError([Mistake("", "access", said, "name fewer, larger networks of operators")])
        owners = [*(ranges.owned[small][0] for small in _SMALL), *ranges.owned["nodes"]]
        numbers = number_entries(kept, [*owners, ranges.vpc, EVERYWHERE])
        entries += [
            NaclEntry(number, direction, "allow", need.protocol, need.cidr, need.ports, need.because, need.reason)
            for number, need in sorted(zip(numbers, kept, strict=True), key=lambda pair: pair[0])
        ]
    return tuple(entries)


def _widened(needs: Iterable[Need], ranges: Ranges) -> Iterator[Need]:
    """Yield the needs with the VPC's whole range instead of the parts that nodes own."""
    for need in needs:
        inside = need.cidr in ranges.owned["nodes"] and need.protocol is not None
        yield replace(need, cidr=ranges.vpc) if inside else need

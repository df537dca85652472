"""`network`: VPC, subnets, route tables, network ACLs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from eksclave.net import PortRange, Protocol

TierName = Literal["nodes", "control_plane", "endpoints", "load_balancers"]


@dataclass(frozen=True)
class SubnetPlan:
    """One subnet. `key` is `TIER-ZONE` (`nodes-eu-central-1a`), with `-2` and so on for further ones of a zone.

    Made here: `cidr` is set, `id` None. Existing: `id` is set, `cidr` None.
    """

    key: str
    tier: TierName
    zone: str
    cidr: IPv4Network | None
    id: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True)
class RouteTablePlan:
    """One route table per tier (`key`); its routes beyond `local` come from gateway endpoints and access."""

    key: TierName
    subnets: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class NaclEntry:
    """One numbered entry. `number` 1 to 32766, protocol None is all protocols (then ports None)."""

    number: int
    direction: Literal["ingress", "egress"]
    action: Literal["allow", "deny"]
    protocol: Protocol | None
    cidr: IPv4Network
    ports: PortRange | None
    because: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class NaclPlan:
    """The network ACL of one tier."""

    key: TierName
    subnets: tuple[str, ...]
    entries: tuple[NaclEntry, ...]


@dataclass(frozen=True)
class FlowLogsPlan:
    """VPC flow logs to a log group."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"]
    retention_days: int
    role_name: str


@dataclass(frozen=True)
class NetworkPlan:
    """The VPC made here (`vpc_id` None) or an existing one (`vpc_id` set, `cidr` None, nothing of it changed)."""

    cidr: IPv4Network | None
    vpc_id: str | None
    known_cidrs: tuple[IPv4Network, ...]
    """Every range of the VPC that is known before plan: `(cidr,)`, or the spec's; empty when only AWS can say."""
    zones: tuple[str, ...]
    subnets: tuple[SubnetPlan, ...]
    route_tables: tuple[RouteTablePlan, ...]
    existing_route_table_ids: tuple[str, ...]
    """Existing VPC: tables for the S3 gateway endpoint; empty = look them up by the node and control-plane subnets."""
    nacls: tuple[NaclPlan, ...]
    flow_logs: FlowLogsPlan | None
    dns_domain: str
    """DHCP domain name, the region's default (D4): eu-central-1.compute.internal, ec2.internal in us-east-1."""
    reasons: tuple[str, ...]

    def of_tier(self, tier: TierName) -> tuple[SubnetPlan, ...]:
        """Return the subnets of one tier, in zone order."""
        return tuple(subnet for subnet in self.subnets if subnet.tier == tier)

"""`access`: the ways to the private API."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from eksclave.design.model.iam import RolePlan
from eksclave.design.model.rules import Rule


@dataclass(frozen=True)
class BastionPlan:
    """An SSM-only instance. `ami_parameter` is an SSM public parameter, used as `resolve:ssm:` in a launch template."""

    instance_type: str
    ami_parameter: str
    architecture: str
    subnet: str
    role: RolePlan
    rules: tuple[Rule, ...]
    session_document: dict[str, object]
    reason: str
    session_principals: tuple[str, ...] = ()
    """ARNs that alone may start sessions; IAM decides when empty."""


@dataclass(frozen=True)
class PeeringPlan:
    """One peering. `route_tables` (keys of ours) get the way there; `remote_route_table_ids` get the way back."""

    key: str
    vpc_id: str
    cidr: IPv4Network
    account: str | None
    region: str | None
    auto_accept: bool
    route_tables: tuple[str, ...]
    remote_route_table_ids: tuple[str, ...]


@dataclass(frozen=True)
class TransitGatewayPlan:
    """An attachment to a transit gateway, and the routes to the networks behind it."""

    id: str
    cidrs: tuple[IPv4Network, ...]
    subnets: tuple[str, ...]
    route_tables: tuple[str, ...]


@dataclass(frozen=True)
class AccessPlan:
    """Every way in, and the rules that they add to the cluster's security group (`api_rules`, ingress 443)."""

    bastion: BastionPlan | None
    peerings: tuple[PeeringPlan, ...]
    transit_gateway: TransitGatewayPlan | None
    operator_cidrs: tuple[IPv4Network, ...]
    api_rules: tuple[Rule, ...]
    reasons: tuple[str, ...]

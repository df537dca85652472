"""`endpoints`: VPC endpoints, why each is needed, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from eksclave.design.model.rules import Rule


@dataclass(frozen=True)
class EndpointPlan:
    """One endpoint. `service` is the suffix (`ecr.api`), `service_name` the full name, `dns_names` what it answers.

    `policy` is a JSON-able IAM document or None for full access. `monthly_usd` is hourly price x zones x 730 h, 0 for
    gateways and for endpoints that are not made here. `id` is set with mode reuse.
    """

    service: str
    service_name: str
    kind: Literal["Interface", "Gateway"]
    mode: Literal["create", "reuse", "external"]
    id: str | None
    required_by: tuple[str, ...]
    """Features or spec fields, each with its reason: `node bootstrap: nodeadm calls ec2:DescribeInstances (N1)`."""
    flows: tuple[str, ...]
    subnets: tuple[str, ...]
    """Interface: keys of the subnets, one per zone."""
    route_tables: tuple[str, ...]
    """Gateway: keys of the route tables."""
    private_dns: bool
    dns_names: tuple[str, ...]
    policy: dict[str, Any] | None
    monthly_usd: float
    service_region: str | None = None
    """Set where the service lives in another Region (cross-Region PrivateLink)."""


@dataclass(frozen=True)
class EndpointsPlan:
    """The whole set, in the order of service names, and the one security group before the interface endpoints."""

    items: tuple[EndpointPlan, ...]
    rules: tuple[Rule, ...]
    monthly_usd: float
    price_note: str

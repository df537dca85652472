"""VPC endpoints."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import AFTER_APPLY, Origin, Value


class EndpointKind(StrEnum):
    """The types of VPC endpoints, in AWS's words."""

    INTERFACE = "Interface"
    GATEWAY = "Gateway"
    GATEWAY_LOAD_BALANCER = "GatewayLoadBalancer"
    RESOURCE = "Resource"
    SERVICE_NETWORK = "ServiceNetwork"


@fact
class Endpoint:
    """A VPC endpoint.

    `service` is the full service name (`com.amazonaws.eu-central-1.ecr.api`, `com.amazonaws.iam`). Interface endpoints
    have one interface in each of `subnets`, all with all of `groups` (readers put the VPC's default group where none
    is named). Gateway endpoints add a route for their service's prefix list to each of `route_tables` (standalone
    associations joined in). `policy` None means full access. `service_region` is set for cross-Region endpoints.
    `private_dns` makes the service's names answer the endpoint's addresses, only inside `vpc`; `private_names` are
    those
    names where the input states them, else they follow from the service. `dns_only_for_inbound_resolver` is the S3
    interface endpoint's option of that name: then in-VPC clients keep using public addresses. `vpc_name_hosts`: the
    endpoint's own `vpce-...` DNS names where known.
    """

    key: str
    origin: Origin
    vpc: Value[str]
    kind: Value[EndpointKind]
    service: Value[str]
    subnets: Value[tuple[str, ...]] = ()
    groups: Value[tuple[str, ...]] = ()
    route_tables: Value[tuple[str, ...]] = ()
    private_dns: Value[bool] = False
    dns_only_for_inbound_resolver: Value[bool] = False
    private_names: tuple[str, ...] = ()
    vpc_name_hosts: tuple[str, ...] = ()
    addresses: tuple[tuple[str, IPv4Address], ...] = ()
    """Fixed addresses as (subnet key, address)."""
    policy: Value[Policy | None] = None
    service_region: Value[str | None] = None
    ip_address_type: Value[str] = "ipv4"
    prefix_list: str = ""
    """Key of the gateway's PrefixList, if the snapshot has one."""
    auto_accept_pending: bool = False
    id: Value[str] = AFTER_APPLY
    tags: tuple[tuple[str, str], ...] = ()

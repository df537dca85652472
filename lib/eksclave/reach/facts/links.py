"""What joins VPCs to each other and to the world outside: peering, transit gateways, VPN and Direct Connect."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Network

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.network import PrefixListRef
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Origin, Value


@fact
class Peering:
    """A VPC peering connection. It carries packets only between addresses of its two VPCs, and only once accepted.

    `requester_resolves` is the requester-side option `allow_remote_vpc_dns_resolution`: queries of the *accepter* VPC
    for the
    requester's instance names answer private addresses (and the other way round for `accepter_resolves`). Neither
    shares
    the private DNS of endpoints.
    """

    key: str
    origin: Origin
    requester: Value[str]
    accepter: Value[str]
    accepted: Value[bool]
    requester_resolves: Value[bool] = False
    accepter_resolves: Value[bool] = False
    cross_region: Value[bool] = False


class AttachmentKind(StrEnum):
    """What is attached to a transit gateway."""

    VPC = "vpc"
    VPN = "vpn"
    DIRECT_CONNECT = "direct-connect-gateway"
    PEERING = "peering"
    CONNECT = "connect"
    OTHER = "other"


@fact
class TransitGatewayAttachment:
    """An attachment. For a VPC: it has an interface in each of `subnets`, one zone each, and serves only those zones.

    `route_table` is the transit gateway route table that decides for packets which *arrive* from this attachment
    (None: no
    association, packets are dropped). `networks` are the ranges behind it where it is not a VPC and they are known.
    """

    key: str
    origin: Origin
    gateway: Value[str]
    kind: AttachmentKind
    vpc: Value[str] = ""
    subnets: Value[tuple[str, ...]] = ()
    route_table: Value[str | None] = NOT_IN_INPUT
    networks: Value[tuple[IPv4Network, ...]] = NOT_IN_INPUT
    appliance_mode: Value[bool] = False
    accepted: Value[bool] = True
    group_references: Value[bool] = False


@fact
class TransitGatewayRoute:
    """A static route of a transit gateway route table; `attachment` None is a blackhole."""

    destination: Value[IPv4Network | PrefixListRef]
    attachment: Value[str | None]
    origin: Origin


@fact
class TransitGatewayRouteTable:
    """A transit gateway route table. `propagations` are attachments whose VPC ranges (or `networks`) appear as routes.

    Static routes win over propagated ones of the same length. `incomplete` says why there may be more.
    """

    key: str
    origin: Origin
    gateway: Value[str]
    routes: tuple[TransitGatewayRoute, ...] = ()
    propagations: tuple[str, ...] = ()
    incomplete: str = ""


@fact
class TransitGateway:
    """A transit gateway. `default_association` and `default_propagation` are what new attachments get where not
    said."""

    key: str
    origin: Origin
    default_route_table: Value[str | None] = AFTER_APPLY
    group_references: Value[bool] = False
    dns_support: Value[bool] = True


@fact
class VpnGateway:
    """A virtual private gateway (site-to-site VPN or Direct Connect) on a VPC; `networks` are the ranges behind it."""

    key: str
    origin: Origin
    vpc: Value[str]
    networks: Value[tuple[IPv4Network, ...]] = NOT_IN_INPUT


@fact
class ClientVpn:
    """A Client VPN endpoint: its clients appear with addresses of the associated `subnets` and carry `groups`."""

    key: str
    origin: Origin
    subnets: Value[tuple[str, ...]]
    groups: Value[tuple[str, ...]]
    client_cidr: Value[IPv4Network] = NOT_IN_INPUT

"""VPCs, subnets, routes, network ACLs and prefix lists.

Every thing has a `key`, unique among the things of its noun in a snapshot (readers use the Terraform address, prefixed
where
several inputs are joined). Things refer to each other by key. A reference to a key that the snapshot does not hold
means
"exists, but nothing is known about it", and whatever depends on it is undecided; it never means "absent".
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import TypeAlias

from eksclave.net import PortRange
from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Origin, Value

Network: TypeAlias = IPv4Network | IPv6Network


@fact
class DhcpOptions:
    """A DHCP option set. `servers` as written: addresses or the word `AmazonProvidedDNS`; `domain` empty if not set.

    An option set without `servers` gives no Amazon DNS to the instances.
    """

    key: str
    origin: Origin
    servers: Value[tuple[str, ...]] = ("AmazonProvidedDNS",)
    domain: Value[str] = ""


@fact
class Vpc:
    """A VPC. `cidrs` are all its IPv4 ranges, primary first, as far as known; `cidrs_incomplete` says why more may
    exist.

    `dhcp` is the key of the associated option set, or None for the Region's default set (AmazonProvidedDNS and the
    Region's own domain). `main_route_table`, `default_nacl` and `default_group` are keys of things that readers always
    put
    into the snapshot, also where AWS made them: a main table with no routes, a default ACL that allows all, a default
    group that allows itself in and everything out. `ipv6` tells whether the VPC has any IPv6 range.
    """

    key: str
    origin: Origin
    cidrs: Value[tuple[IPv4Network, ...]]
    region: Value[str]
    main_route_table: Value[str]
    default_nacl: Value[str]
    default_group: Value[str]
    dns_support: Value[bool] = True
    dns_hostnames: Value[bool] = False
    dhcp: Value[str | None] = None
    cidrs_incomplete: str = ""
    ipv6: bool = False
    account: Value[str] = NOT_IN_INPUT
    tags: tuple[tuple[str, str], ...] = ()
    id: Value[str] = AFTER_APPLY


@fact
class Subnet:
    """A subnet. Interfaces get any address of `cidr` but its first four and its last, which AWS keeps.

    `zone` is the zone's name or id, whichever the input has (`eu-central-1a`, `euc1-az2`). `route_table` is the
    explicitly
    associated table, None if there is no association (then the VPC's main table decides), and `nacl` is the one ACL
    that guards the subnet (the VPC's default ACL where nothing else is said). `*_origin` name the association itself.
    `tags_incomplete` says why there may be more tags.
    """

    key: str
    origin: Origin
    vpc: str
    cidr: Value[IPv4Network]
    nacl: Value[str]
    route_table: Value[str | None] = None
    route_table_origin: Origin | None = None
    nacl_origin: Origin | None = None
    zone: Value[str] = NOT_IN_INPUT
    map_public_ip: Value[bool] = False
    ipv6: bool = False
    ipv6_only: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    tags_incomplete: str = ""
    id: Value[str] = AFTER_APPLY


class TargetKind(StrEnum):
    """What a route points at."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    TRANSIT_GATEWAY = "transit-gateway"
    PEERING = "peering"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    APPLIANCE = "appliance"
    """A network interface, an instance or a Gateway Load Balancer endpoint: something that decides by its own rules."""
    VPN_GATEWAY = "vpn-gateway"
    EGRESS_ONLY = "egress-only"
    OTHER = "other"
    """A carrier, local or core-network gateway, whose far side is not modelled."""
    BLACKHOLE = "blackhole"
    UNKNOWN = "unknown"


@fact
class PrefixListRef:
    """A prefix list by the key of its `PrefixList`."""

    key: str


@fact
class Route:
    """One route of a table. The VPC's local routes are implied and never listed, unless they were given another target.

    `target` is the key of the thing of that kind (NAT gateway, attachment's transit gateway, peering, endpoint ...),
    empty
    where it has none. A destination that is Unknown may be any range.
    """

    destination: Value[Network | PrefixListRef]
    kind: TargetKind
    origin: Origin
    target: Value[str] = ""


@fact
class RouteTable:
    """A route table. Routes of gateway endpoints are not listed here: they follow from `Endpoint.route_tables`.

    `incomplete` says why there may be routes that the input does not show (a table that is only read,
    `ignore_changes`);
    empty means that `routes` is all but what the virtual private gateways in `propagating` add. Those never win over
    the VPC's own ranges or a static route of the same length, so readers do not set `incomplete` for them.
    """

    key: str
    origin: Origin
    vpc: str
    routes: tuple[Route, ...] = ()
    incomplete: str = ""
    propagating: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@fact
class NaclEntry:
    """One numbered rule. `protocol` is `all`, `tcp`, `udp`, `icmp` or a decimal IANA number; `ports` None means every
    port.

    AWS matches `cidr` with the source of inbound and the destination of outbound packets, and `ports` always with the
    *destination* port. With protocol `all`, ports are ignored. A value that is Unknown may be anything.
    """

    number: Value[int]
    egress: bool
    allow: Value[bool]
    protocol: Value[str]
    cidr: Value[Network]
    origin: Origin
    ports: Value[PortRange | None] = None


@fact
class Nacl:
    """A network ACL: entries in any order, evaluated by ascending number, first match decides, no match denies.

    `incomplete` says why there may be more entries than listed.
    """

    key: str
    origin: Origin
    vpc: str
    entries: tuple[NaclEntry, ...] = ()
    incomplete: str = ""


@fact
class PrefixList:
    """A list of ranges. AWS's own lists name their `service` (`s3`, `dynamodb`) and their contents are usually Unknown.

    Two lists with the same service and Region are the same list, whatever their keys.
    """

    key: str
    origin: Origin
    entries: Value[tuple[Network, ...]]
    service: str = ""
    region: Value[str] = NOT_IN_INPUT


@fact
class InternetGateway:
    """An internet gateway and the VPC it is attached to (also egress-only ones: `egress_only`)."""

    key: str
    origin: Origin
    vpc: Value[str]
    egress_only: bool = False


@fact
class NatGateway:
    """A NAT gateway. Private ones (`public` False) translate to an address of their subnet and need a private way
    on."""

    key: str
    origin: Origin
    subnet: Value[str]
    public: Value[bool] = True
    addresses: tuple[IPv4Address, ...] = ()

"""Private hosted zones and the Route 53 Resolver."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.values import Origin, Value


class AliasKind(StrEnum):
    """What a record's alias (or CNAME) points at, as far as the engine follows it."""

    ENDPOINT = "endpoint"
    LOAD_BALANCER = "load-balancer"
    NAME = "name"


@fact
class Alias:
    """Another thing that answers for a record: an endpoint or load balancer by key, or a further DNS name."""

    kind: AliasKind
    target: str


@fact
class ZoneRecord:
    """An A/AAAA/CNAME/alias record: `name` is the full lower-case name without final dot, maybe `*.` in front."""

    name: Value[str]
    origin: Origin
    addresses: tuple[IPv4Address, ...] = ()
    alias: Alias | None = None
    type: str = "A"
    unknown: str = ""
    """Why what it answers is not known; then `addresses` and `alias` are empty."""


@fact
class PrivateZone:
    """A private hosted zone: it answers alone for its whole name space in `vpcs`; what it lacks does not exist
    there."""

    key: str
    origin: Origin
    name: Value[str]
    vpcs: Value[tuple[str, ...]]
    records: tuple[ZoneRecord, ...] = ()
    incomplete: str = ""


@fact
class ResolverEndpoint:
    """A Resolver endpoint: `inbound` ones answer from the view of the VPC of their subnets."""

    key: str
    origin: Origin
    inbound: bool
    subnets: Value[tuple[str, ...]]
    groups: Value[tuple[str, ...]]
    addresses: tuple[IPv4Address, ...] = ()
    vpc: Value[str] = ""


@fact
class ResolverRule:
    """A Resolver rule and the VPCs that it is associated with; `kind` is FORWARD, SYSTEM or RECURSIVE."""

    key: str
    origin: Origin
    domain: Value[str]
    kind: Value[str]
    vpcs: Value[tuple[str, ...]]
    targets: Value[tuple[IPv4Address, ...]] = ()
    endpoint: Value[str] = ""

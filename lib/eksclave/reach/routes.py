"""Route tables: the longest matching prefix decides, and the VPC's own ranges are always there.

Source: VPC user guide, route priority; gateway endpoints (a route for the service's prefix list); routes that are more
specific than the local route may only point to an appliance or a NAT gateway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from eksclave.reach import sets
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.network import PrefixListRef, Route, RouteTable, TargetKind, Vpc
from eksclave.reach.facts.values import Origin, Unknown, Value, choices, is_known, known_or, why_unknown
from eksclave.reach.groups import MANAGED_PUBLIC
from eksclave.reach.ruling import Where
from eksclave.reach.sets import Intervals
from eksclave.reach.snapshot import Snapshot

NO_ROUTE = "none"
BEFORE_LOCAL = (TargetKind.APPLIANCE, TargetKind.NAT_GATEWAY, TargetKind.UNKNOWN)


@dataclass(frozen=True)
class Portion:
    """A part of the destinations and where the table sends it; `kind` is None where no route matches.

    Where `why` is not empty, another route that is not fully known may decide instead.
    """

    kind: TargetKind | None
    where: Where
    origin: Origin
    target: Value[str] = ""
    why: str = ""


@dataclass(frozen=True)
class _Candidate:
    length: int
    rank: int
    addresses: Intervals
    kind: TargetKind
    origin: Origin
    target: Value[str]


def lookup(
    snapshot: Snapshot, table: RouteTable, vpc: Vpc, to: Where, service: tuple[str, str] | None = None
) -> list[Portion]:
    """Return how the table splits these destinations. `service` tags public addresses of that (service, Region)."""
    if service and (gateway := _gateway(snapshot, table, service)):
        return [_to_gateway(table, gateway, to)]
    portions, remaining = list[Portion](), to.addresses
    for one in sorted(_candidates(snapshot, table, vpc), key=lambda one: (-one.length, one.rank)):
        taken = remaining & one.addresses
        if taken:
            why = _open(snapshot, table, one.kind is TargetKind.LOCAL, service)
            portions.append(Portion(one.kind, replace(to, addresses=taken), one.origin, one.target, why))
            remaining -= taken
    if remaining:
        why = _open(snapshot, table, False, service) or _open_ranges(vpc)
        if table.propagating and not why:
            why = f"{', '.join(table.propagating)} may propagate routes into {table.origin}"
        portions.append(Portion(None, replace(to, addresses=remaining), table.origin, "", why))
    return portions


def _open_ranges(vpc: Vpc) -> str:
    return vpc.cidrs_incomplete or why_unknown(vpc.cidrs)


def _gateway(snapshot: Snapshot, table: RouteTable, service: tuple[str, str]) -> tuple[Endpoint, str] | None:
    """Return the gateway endpoint that routes this service in this table, with the reason if that is open."""
    maybe: tuple[Endpoint, str] | None = None
    for one in snapshot.endpoints_near(table.vpc):
        kind, name = choices(one.kind) or (EndpointKind.GATEWAY,), choices(one.service)
        if EndpointKind.GATEWAY not in kind:
            continue
        if name is not None and not any(text.endswith(f".{service[1]}.{service[0]}") for text in name):
            continue
        tables = choices(one.route_tables)
        sure = is_known(one.kind) and is_known(one.service)
        if tables is not None and all(table.key in many for many in tables) and sure:
            return one, ""
        if tables is None or any(table.key in many for many in tables):
            maybe = one, why_unknown(one.route_tables) or why_unknown(one.service) or "the endpoint's type is not known"
    return maybe


def _to_gateway(table: RouteTable, gateway: tuple[Endpoint, str], to: Where) -> Portion:
    endpoint, why = gateway
    beside = next((one for one in table.routes if _may_beat_gateway(one)), None)
    if beside and not why:
        why = f"{beside.origin} may be more specific than the service's prefix list"
    return Portion(TargetKind.GATEWAY_ENDPOINT, to, endpoint.origin, endpoint.key, why)


def _may_beat_gateway(route: Route) -> bool:
    """Tell whether a static route for public addresses, other than the default route, stands in the table."""
    for one in choices(route.destination) or ():
        if isinstance(one, IPv4Network) and one.prefixlen and sets.network(one) & sets.PUBLIC:
            return True
    return False


def _candidates(snapshot: Snapshot, table: RouteTable, vpc: Vpc) -> Iterator[_Candidate]:
    for cidr in known_or(vpc.cidrs, ()):
        local = Origin(f"{table.origin.address}", table.origin.construct, "local")
        yield _Candidate(cidr.prefixlen, 1, sets.network(cidr), TargetKind.LOCAL, local, "")
    for route in table.routes:
        destination = route.destination
        if isinstance(destination, IPv4Network):
            yield _candidate(route, destination)
        elif isinstance(destination, PrefixListRef):
            found = snapshot.prefix_list_by_key.get(destination.key)
            for cidr in known_or(found.entries, ()) if found else ():
                if isinstance(cidr, IPv4Network):
                    yield _candidate(route, cidr)


def _candidate(route: Route, cidr: IPv4Network) -> _Candidate:
    return _Candidate(cidr.prefixlen, 0, sets.network(cidr), route.kind, route.origin, route.target)


def _open(snapshot: Snapshot, table: RouteTable, local: bool, service: tuple[str, str] | None) -> str:
    """Return why a route that is not fully known may be more specific than the one that matched."""
    if table.incomplete:
        return f"{table.origin} may hold routes that the input does not show: {table.incomplete}"
    for route in table.routes:
        if local and route.kind not in BEFORE_LOCAL:
            continue
        if not is_known(route.destination):
            return f"the destination of {route.origin} is not known: {why_unknown(route.destination)}"
        if isinstance(route.destination, PrefixListRef):
            found = snapshot.prefix_list_by_key.get(route.destination.key)
            entries = found.entries if found else Unknown("the prefix list is not in the input")
            public = bool(found and found.service in MANAGED_PUBLIC)
            if not is_known(entries) and not public:
                return f"the ranges of {route.origin} are not known: {why_unknown(entries)}"
    return ""

"""People who work from other networks: ranges that the API's security groups let in, or that routes lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import choices, known_or
from eksclave.reach.question import Client, Party

if TYPE_CHECKING:
    from eksclave.checks.view import View

_WAYS = (TargetKind.VPN_GATEWAY, TargetKind.TRANSIT_GATEWAY, TargetKind.PEERING)
OWN_GROUPS = "the security groups of hosts in other VPCs let them out"


def operator_networks(view: View) -> tuple[IPv4Network, ...]:
    """Return the ranges outside of all VPCs of the input that the API's security groups let into 443.

    Where there is no bastion and no such rule, the ranges that the cluster's subnets route to a VPN, transit gateway or
    peering: somebody must be meant to come from there.
    """
    found = set(let_in(view))
    if not found and not view.bastions and not view.runners:
        found = _routed(view)
    return outside(view, found)


def outside(view: View, ranges: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """Return the ranges that are of no VPC of the input."""
    known = [cidr for vpc in view.snapshot.vpcs for cidr in known_or(vpc.cidrs, ())]
    return tuple(sorted(one for one in set(ranges) if not any(one.overlaps(cidr) for cidr in known)))


def operator_hosts(view: View) -> tuple[Party, ...]:
    """Return hosts in other VPCs of the input, where a rule of the API names a range of theirs."""
    own = known_or(view.vpc.cidrs, ()) if view.vpc else ()
    found: dict[str, set[str]] = {}
    for range in let_in(view):
        for vpc in view.snapshot.vpcs:
            named = any(range.subnet_of(cidr) for cidr in known_or(vpc.cidrs, ()))
            if vpc.key != view.vpc_key and named and not any(range.overlaps(cidr) for cidr in own):
                subnets = (one for one in view.snapshot.subnets if one.vpc == vpc.key)
                here = {subnet.key for subnet in subnets if _meets(range, known_or(subnet.cidr, None))}
                found.setdefault(vpc.key, set()).update(here)
    return tuple(
        Party(
            f"operators in {key}",
            (Placement(tuple(sorted(subnets)), (), view.snapshot.vpc_by_key[key].origin),),
            client=Client.ANY,
        )
        for key, subnets in sorted(found.items())
        if subnets
    )


def _meets(range: IPv4Network, cidr: IPv4Network | None) -> bool:
    return cidr is None or range.overlaps(cidr)


def let_in(view: View) -> Iterator[IPv4Network]:
    """Yield the ranges that the API's security groups let into 443."""
    keys = {view.cluster.cluster_group, *(key for one in choices(view.cluster.extra_groups) or () for key in one)}
    for key in sorted(keys):
        group = view.snapshot.group_by_key.get(key)
        for rule in group.rules if group else ():
            ports = known_or(rule.ports, None)
            if rule.egress or not isinstance(rule.peer, IPv4Network) or rule.peer.prefixlen == 0:
                continue
            if ports is None or 443 in ports:
                yield rule.peer


def _routed(view: View) -> set[IPv4Network]:
    found: set[IPv4Network] = set()
    for subnet in view.subnets(view.cluster.subnets):
        table = view.route_table(subnet)
        for route in table.routes if table else ():
            if route.kind in _WAYS and isinstance(route.destination, IPv4Network) and route.destination.prefixlen:
                found.add(route.destination)
    return found

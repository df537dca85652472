"""The control plane's interfaces as a party, and what an endpoint or load balancer's interfaces are."""

from __future__ import annotations

from eksclave.reach.facts.endpoints import Endpoint
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import OneOf, Value, choices, known_or, why_unknown
from eksclave.reach.question import Client, Party
from eksclave.reach.snapshot import Snapshot


def party(snapshot: Snapshot, cluster_key: str) -> Party:
    """Return the control plane of a cluster: in any cluster subnet, with the cluster group and all extra groups.

    Source: EKS user guide, network-reqs and sec-group-reqs; eksctl#1835 (an interface lands in any of the subnets).
    """
    cluster = snapshot.cluster_by_key[cluster_key]
    placement = Placement(cluster.subnets, with_group(cluster.extra_groups, cluster.cluster_group), cluster.origin)
    return Party(f"control plane of {cluster.origin}", (placement,), client=Client.ANY)


def with_group(groups: Value[tuple[str, ...]], key: str) -> Value[tuple[str, ...]]:
    """Return the groups and one more; groups that are not known stay unknown."""
    found = choices(groups)
    if found is None:
        return groups
    if len(found) == 1:
        return (key, *found[0])
    return OneOf(tuple((key, *one) for one in found), why_unknown(groups))


def endpoint_placements(endpoint: Endpoint) -> tuple[Placement, ...]:
    """Return where the endpoint's interfaces are: all of them answer, so each must be reached."""
    fixed = dict(endpoint.addresses)
    keys = known_or(endpoint.subnets, None)
    if keys is None or not fixed:
        return (Placement(endpoint.subnets, endpoint.groups, endpoint.origin),)
    return tuple(
        Placement((key,), endpoint.groups, endpoint.origin, False, (fixed[key],) if key in fixed else ())
        for key in sorted(set(keys))
    )

"""Who takes part in a cluster's flows inside of it, found in the snapshot: nodes, pods, load balancers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eksclave.catalog.features import Feature
from eksclave.reach.facts.groups import GroupRef, Placement
from eksclave.reach.facts.hosts import LoadBalancer
from eksclave.reach.facts.values import Value, choices, known_or
from eksclave.reach.question import Client, Party

if TYPE_CHECKING:
    from eksclave.checks.view import View


def node_parties(view: View) -> tuple[Party, ...]:
    """Return the nodes: one party per distinct place, named after its groups."""
    found: dict[tuple[object, ...], tuple[list[str], Placement, Client]] = {}
    for group in view.node_groups:
        groups = group.groups
        place = Placement(group.subnets, groups, group.origin, group.public_ip)
        client = client_of(view, known_or(group.ami_type, ""))
        names = found.setdefault((group.subnets, groups, client), ([], place, client))[0]
        names.append(group.origin.address)
    if known_or(view.cluster.auto_mode, False):
        groups = (view.cluster.cluster_group,)
        place = Placement(view.cluster.subnets, groups, view.cluster.origin)
        client = client_of(view, "")
        found.setdefault((view.cluster.subnets, groups, client), ([], place, client))[0].append(
            f"{view.address} (Auto Mode)"
        )
    for place in _karpenter(view):
        found.setdefault((place.subnets, place.groups, Client.NODE), ([], place, Client.NODE))[0].append("Karpenter")
    return tuple(
        Party(f"nodes of {_listed(names)}", (place,), client=client) for names, place, client in found.values()
    )


def _karpenter(view: View) -> list[Placement]:
    """Return where Karpenter makes nodes: what carries its discovery tag, by its documentation's convention."""
    if not view.has(Feature.KARPENTER):
        return []
    name, tag = known_or(view.cluster.name, ""), "karpenter.sh/discovery"
    subnets = tuple(one.key for one in view.snapshot.subnets if name and dict(one.tags).get(tag) == name)
    groups = tuple(one.key for one in view.snapshot.groups if name and dict(one.tags).get(tag) == name)
    return [Placement(subnets, groups, view.cluster.origin)] if subnets and groups else []


def pod_parties(view: View) -> tuple[Party, ...]:
    """Return the pods: on every kind of node, on Fargate, and where custom networking puts them."""
    parties = [
        Party(f"pods on {party.name.removeprefix('nodes of ')}", party.placements, client=party.client)
        for party in view.nodes
    ]
    for profile in view.fargate_profiles:
        place = Placement(profile.subnets, (view.cluster.cluster_group,), profile.origin)
        parties.append(Party(f"pods of {profile.origin.address}", (place,), client=Client.LINUX))
    return (*parties, *_custom_pods(view))


def _custom_pods(view: View) -> list[Party]:
    parties: list[Party] = []
    for config in view.snapshot.eni_configs:
        if not view.belongs(config.cluster) or not view.nodes:
            continue
        nodes = [place for party in view.nodes for place in party.placements]
        for node in nodes[:1] if config.subnets else nodes:
            subnets: Value[tuple[str, ...]] = config.subnets or node.subnets
            groups: Value[tuple[str, ...]] = config.groups or node.groups
            place = Placement(subnets, groups, config.origin)
            client = client_of(view, "")
            parties.append(Party(f"pods of {config.origin.address}", (place,), client=client, leaves_from=tuple(nodes)))
    return parties


def client_of(view: View, ami_type: str) -> Client:
    """Return which source ports these nodes use."""
    if ami_type.startswith("WINDOWS"):
        return Client.WINDOWS
    for addon in view.addons:
        said = addon.configuration if addon.name == "vpc-cni" else None
        if isinstance(said, str) and re.search(r'AWS_VPC_K8S_CNI_EXTERNALSNAT"?\s*[:=]\s*"?true', said):
            return Client.NODE_NO_SNAT
    return Client.NODE


def _listed(names: list[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown) if len(shown) <= 4 else f"{', '.join(shown[:3])} and {len(shown) - 3} more"


def serves(view: View, balancer: LoadBalancer) -> bool:
    """Tell whether a load balancer stands before this cluster: other things in a VPC have load balancers, too."""
    name = known_or(view.cluster.name, "") or "\x00"
    tags = dict(balancer.tags)
    if f"kubernetes.io/cluster/{name}" in tags or tags.get("elbv2.k8s.aws/cluster") == name:
        return True
    carried = {key for many in choices(balancer.placement.groups) or () for key in many}
    keys = {key for party in view.pods for place in party.placements for m in choices(place.groups) or () for key in m}
    groups = filter(None, map(view.snapshot.group_by_key.get, sorted(keys)))
    peers = (rule.peer for group in groups for rule in group.rules if not rule.egress)
    return any(isinstance(peer, GroupRef) and peer.key in carried - keys for peer in peers)

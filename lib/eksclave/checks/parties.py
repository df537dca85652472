"""Who takes part in a cluster's flows, found in the snapshot: nodes, pods, bastions, runners, operators."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from eksclave.catalog.features import Feature
from eksclave.checks.granting import foreign
from eksclave.reach.facts.clusters import Cluster
from eksclave.reach.facts.groups import GroupRef, Placement
from eksclave.reach.facts.hosts import Instance, LoadBalancer
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import Value, choices, known_or
from eksclave.reach.question import Client, Party

if TYPE_CHECKING:
    from eksclave.checks.view import View

_BASTION = re.compile(r"bastion|jump|operator|admin|\bssm|access|tunnel|\bops\b|mgmt|management|kubectl", re.IGNORECASE)
_RUNNER = re.compile(r"runner|atlantis|terraform|deployer", re.IGNORECASE)
_OTHER = re.compile(
    r"nat\b|nat[-_]|\bdb\b|database|postgres|mysql|redis|proxy|appliance|firewall|web|worker|\bapp\b", re.IGNORECASE
)
SSM_POLICIES = ("AmazonSSMManagedInstanceCore", "AmazonEC2RoleforSSM", "AmazonSSMManagedEC2InstanceDefaultPolicy")


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


def _said(instance: Instance) -> str:
    return f"{instance.origin.address} {known_or(instance.name, '')}"


def _in_reach(view: View, instance: Instance) -> bool:
    subnets = view.subnets(instance.placement.subnets)
    return any(subnet.vpc == view.vpc_key or subnet.vpc in linked_vpcs(view) for subnet in subnets)


def linked_vpcs(view: View) -> frozenset[str]:
    """Return the VPCs that a peering or a transit gateway links to the cluster's."""
    found: set[str] = set()
    for peering in view.snapshot.peerings:
        ends = {known_or(peering.requester, ""), known_or(peering.accepter, "")}
        if view.vpc_key in ends:
            found |= ends
    attached = {a.gateway for a in view.snapshot.transit_attachments if a.vpc == view.vpc_key}
    found |= {known_or(a.vpc, "") for a in view.snapshot.transit_attachments if a.gateway in attached}
    return frozenset(found - {"", view.vpc_key})


def has_ssm(view: View, role: Value[str | None]) -> bool:
    """Tell whether a role may talk to Systems Manager."""
    found = view.snapshot.role_by_key.get(known_or(role, None) or "")
    if found is None:
        return False
    if any(
        isinstance(arn, str) and arn.rpartition("/")[2] in SSM_POLICIES and not foreign(arn, view.region)
        for arn in found.managed
    ):
        return True
    for policy in found.policies:
        for statement in getattr(policy, "statements", ()):
            for action in known_or(statement.actions or (), ()):
                if action.lower().startswith("ssmmessages:"):
                    return True
    return False


def meant_for_sessions(view: View, host: Instance) -> bool:
    """Tell whether nobody could use a bastion but by a session: the endpoint is there, and no rule lets SSH in."""
    if not any(known_or(one.service, "").endswith(".ssmmessages") for one in view.endpoints):
        return False
    keys = [key for many in choices(host.placement.groups) or () for key in many]
    groups = [view.snapshot.group_by_key.get(key) for key in keys]
    return not any(rule for group in groups if group for rule in group.rules if not rule.egress)


def bastions(view: View) -> tuple[Instance, ...]:
    """Return the instances that people work from: by name; where none has such a name, those with a session role.

    With several clusters, an instance that only another one lets in belongs to that one.
    """
    near = [one for one in view.snapshot.instances if _in_reach(view, one) and not _elsewhere(view, one)]
    named = [one for one in near if _BASTION.search(_said(one)) and not _RUNNER.search(_said(one))]
    others = (one for one in near if has_ssm(view, one.role) and not _OTHER.search(_said(one)))
    return tuple(named or (one for one in others if not _RUNNER.search(_said(one))))


def _elsewhere(view: View, host: Instance) -> bool:
    mine = admits(view, view.cluster, host)
    return not mine and any(admits(view, one, host) for one in view.snapshot.clusters if one is not view.cluster)


def admits(view: View, cluster: Cluster, host: Instance) -> bool:
    """Tell whether a rule of the cluster's own groups names a security group of the host, or its subnet's range."""
    carried = {key for many in choices(host.placement.groups) or () for key in many}
    ranges = [known_or(subnet.cidr, None) for subnet in view.subnets(host.placement.subnets)]
    keys = {cluster.cluster_group, *(key for many in choices(cluster.extra_groups) or () for key in many)}
    for group in filter(None, map(view.snapshot.group_by_key.get, sorted(keys))):
        for rule in group.rules:
            peer = rule.peer
            if not rule.egress and isinstance(peer, GroupRef) and peer.key in carried:
                return True
            if not rule.egress and isinstance(peer, IPv4Network) and any(r and r.subnet_of(peer) for r in ranges):
                return True
    return False


def runners(view: View) -> tuple[Instance, ...]:
    """Return the instances whose name says that Terraform runs there."""
    return tuple(
        one
        for one in view.snapshot.instances
        if _in_reach(view, one) and _RUNNER.search(_said(one)) and one not in view.bastions
    )


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


def operator_networks(view: View) -> tuple[IPv4Network, ...]:
    """Return the ranges outside of the VPC that the API's security groups let into 443: people are there.

    Where there is no bastion and no such rule, the ranges that the cluster's subnets route to a VPN, transit gateway or
    peering: somebody must be meant to come from there.
    """
    own = list(known_or(view.vpc.cidrs, ()) or ()) if view.vpc else []
    known = [cidr for vpc in view.snapshot.vpcs for cidr in known_or(vpc.cidrs, ()) or ()]
    found: set[IPv4Network] = set()
    keys = {view.cluster.cluster_group, *(k for one in choices(view.cluster.extra_groups) or () for k in one)}
    for key in keys:
        group = view.snapshot.group_by_key.get(key)
        for rule in group.rules if group else ():
            ports = known_or(rule.ports, None)
            if rule.egress or not isinstance(rule.peer, IPv4Network) or rule.peer.prefixlen == 0:
                continue
            if ports is None or 443 in ports:
                found.add(rule.peer)
    if not found and not view.bastions and not view.runners:
        found = _routed(view)
    outside = (one for one in found if not any(one.overlaps(cidr) for cidr in (*own, *known)))
    return tuple(sorted(outside))


def _routed(view: View) -> set[IPv4Network]:
    ways = (TargetKind.VPN_GATEWAY, TargetKind.TRANSIT_GATEWAY, TargetKind.PEERING)
    found: set[IPv4Network] = set()
    for subnet in view.subnets(view.cluster.subnets):
        table = view.route_table(subnet)
        for route in table.routes if table else ():
            if route.kind in ways and isinstance(route.destination, IPv4Network) and route.destination.prefixlen:
                found.add(route.destination)
    return found

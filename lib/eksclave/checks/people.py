"""From where people and Terraform work with a cluster: bastions and runners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from eksclave.checks.granting import foreign
from eksclave.checks.operators import let_in, outside
from eksclave.reach.facts.clusters import Cluster
from eksclave.reach.facts.groups import GroupRef
from eksclave.reach.facts.hosts import Instance
from eksclave.reach.facts.values import Value, choices, decide, known_or

if TYPE_CHECKING:
    from eksclave.checks.view import View

_BASTION = re.compile(r"bastion|jump|operator|admin|\bssm|access|tunnel|\bops\b|mgmt|management|kubectl", re.IGNORECASE)
_RUNNER = re.compile(r"runner|atlantis|terraform|deployer", re.IGNORECASE)
_OTHER = re.compile(
    r"nat\b|nat[-_]|\bdb\b|database|postgres|mysql|redis|proxy|appliance|firewall|web|worker|\bapp\b", re.IGNORECASE
)
SSM_POLICIES = ("AmazonSSMManagedInstanceCore", "AmazonEC2RoleforSSM", "AmazonSSMManagedEC2InstanceDefaultPolicy")


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

    With several clusters, an instance that only another one lets in belongs to that one; but a cluster that lets nobody
    in at all shares the bastions of its VPC, and is asked why they do not reach it.
    """
    near = [one for one in view.snapshot.instances if _in_reach(view, one)]
    own = _from_which_people_work(view, [one for one in near if not _elsewhere(view, one)])
    if (
        own
        or decide(view.cluster.public_access, bool) is True
        or outside(view, let_in(view))
        or any(_runners_let_in(view, near))
    ):
        return own
    shared = [one for one in near if any(s.vpc == view.vpc_key for s in view.subnets(one.placement.subnets))]
    return _from_which_people_work(view, shared)


def _from_which_people_work(view: View, near: list[Instance]) -> tuple[Instance, ...]:
    named = [one for one in near if _BASTION.search(_said(one)) and not _RUNNER.search(_said(one))]
    others = (one for one in near if has_ssm(view, one.role) and not _OTHER.search(_said(one)))
    return tuple(named or (one for one in others if not _RUNNER.search(_said(one))))


def _runners_let_in(view: View, near: list[Instance]) -> Iterator[Instance]:
    """Yield the runners that the cluster's groups let in."""
    return (one for one in near if _RUNNER.search(_said(one)) and admits(view, view.cluster, one))


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

"""The node role carries the worker, registry and CNI policies; in Auto Mode the cluster's role carries its own.

Why
    Nodes without the worker policy are Unauthorized, without the registry's they pull nothing, without the CNI's
    they stay NotReady; a role that EC2 may not assume never reaches a node. In Auto Mode EKS launches nodes by the
    cluster's role: without its policies, or without sts:TagSession in its trust policy, there are none.

Fix
    Attach AmazonEKSWorkerNodePolicy, AmazonEC2ContainerRegistryPullOnly and AmazonEKS_CNI_Policy; or give the CNI a
    role of its own. With IPv6, let the CNI call ec2:AssignIpv6Addresses by a policy of your own. Write the ARNs in the
    Region's partition, and in China let ec2.amazonaws.com.cn assume the role. For Auto Mode attach
    AmazonEKSClusterPolicy, AmazonEKSComputePolicy, AmazonEKSBlockStoragePolicy, AmazonEKSLoadBalancingPolicy and
    AmazonEKSNetworkingPolicy to the cluster's role.

Source
    EKS user guide, create-node-role, cni-iam-role, cluster-iam-role and auto-cluster-iam-role; tf-aws-eks issue 1910;
    cdk-eks-blueprints issue 558.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eksclave.catalog.cluster_policies import AUTO_MODE_POLICIES
from eksclave.catalog.features import Feature
from eksclave.catalog.flows import find_flow
from eksclave.catalog.partitions import partition_of
from eksclave.checks.asking import fails, passes, say, unsure
from eksclave.checks.granting import EC2_CHINA, NAMES, cni_roles, foreign, grants, not_trusted_in_china, refused
from eksclave.checks.result import Advice, Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Role
from eksclave.reach.facts.values import Origin, Value, choices, known_or, why_unknown

ASKS = ("R6",)
_ASSUME, _TAG = "sts:AssumeRole", "sts:TagSession"


@dataclass(frozen=True)
class _Asked:
    """A role, where it is named, the wants of it, and the service that must be allowed to make these calls."""

    who: str
    role: Value[str | None]
    origin: Origin
    wants: tuple[str, ...]
    service: str = ""
    calls: tuple[str, ...] = (_ASSUME,)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result | Advice]:
    """Ask the role of each node group for what nodes do, and the CNI's own role where it has one."""
    yield from _advice(view)
    if not find_flow("R6").when(view.features):
        return
    wrong, assumed, nodes = 0, dict[str, None](), False
    for asked in _asked(view):
        nodes = nodes or "worker" in asked.wants
        for result in _role(view, asked):
            if result.outcome is not Outcome.PASS:
                wrong += 1
                yield result
            assumed.update(dict.fromkeys(result.assumptions))
    if not nodes:
        rests = ("Karpenter's nodes use a role with the node policies", *assumed)
        yield passes(view, "R6", "no node role is in the input", rests)
    elif not wrong:
        yield passes(view, "R6", "every node role may join, pull images and attach interfaces", tuple(assumed))


def _advice(view: View) -> Iterator[Advice]:
    """EKS takes a cluster's role without rights; only what Kubernetes does by it then fails, each for itself."""
    role = view.snapshot.role_by_key.get(known_or(view.cluster.role, ""))
    if role and not view.has(Feature.AUTO_MODE) and grants(view, role, "cluster").outcome is Outcome.FAIL:
        text = f"the cluster's role lacks {NAMES['cluster']}: Kubernetes manages nodes and load balancers by it"
        yield Advice("R6", view.address, role.origin.address, text)


def _asked(view: View) -> Iterator[_Asked]:
    cluster, auto = view.cluster, view.has(Feature.AUTO_MODE)
    cni = cni_roles(view) if view.has(Feature.VPC_CNI) else []
    its = "cni-ipv6" if cluster.ip_family == "ipv6" else "cni"
    wants = ("worker", "registry", *((its,) if view.has(Feature.VPC_CNI) and not cni else ()))
    for group in view.node_groups:
        who = f"the node role of {group.origin.address}"
        yield _Asked(who, group.role, group.origin, wants, "ec2.amazonaws.com")
    if auto and cluster.auto_mode_node_role is not None:
        who, wants = f"the node role of {view.address}", ("worker", "registry")
        yield _Asked(who, cluster.auto_mode_node_role, cluster.origin, wants, "ec2.amazonaws.com")
    for role in cni:
        yield _Asked(f"the role of the VPC CNI ({known_or(role, 'not known')})", role, cluster.origin, (its,))
    if auto:
        who, wants = f"the cluster's role of {view.address}", ("cluster", *AUTO_MODE_POLICIES)
        yield _Asked(who, cluster.role, cluster.origin, wants, "eks.amazonaws.com", (_ASSUME, _TAG))


def _role(view: View, asked: _Asked) -> Iterator[Result]:
    who, service = asked.who, asked.service
    roles = [view.snapshot.role_by_key.get(key or "") for key in _keys(view, asked)]
    known = [role for role in roles if role is not None]
    if not known or len(known) < len(roles):
        why = why_unknown(asked.role) or "it is not in the input"
        yield unsure(view, "R6", f"{who}: {why}", asked.origin)
    refusing = [call for role in known if (call := refused(role, service, asked.calls))] if service else []
    if refusing and len(refusing) == len(roles):
        none, *more = (role.origin.address for role in known)
        named = f"none of {', '.join((none, *more))}, one of which is {who}, lets" if more else f"{who} does not let"
        fix = f'allow {", ".join(asked.calls)} to Service "{service}" in assume_role_policy of {none}'
        yield fails(view, "R6", f"{named} {service} call {refusing[0]}", known[0].origin, fix=fix)
        return
    for role in known:
        yield from _wanted(view, asked, role, len(roles) > 1)


def _keys(view: View, asked: _Asked) -> list[str | None]:
    """Return the keys of the roles that it may be: EKS takes no cluster's role for nodes (create-node-role)."""
    keys = list(choices(asked.role) or ())
    if "worker" in asked.wants and len(keys) > 1:
        of_clusters = {cluster.role for cluster in view.snapshot.clusters if isinstance(cluster.role, str)}
        return [key for key in keys if key not in of_clusters] or keys
    return keys


def _wanted(view: View, asked: _Asked, role: Role, one_of_several: bool) -> Iterator[Result]:
    who = asked.who
    for want in asked.wants:
        found, name = grants(view, role, want), NAMES[want]
        if found.outcome is Outcome.UNKNOWN or (found.outcome is Outcome.FAIL and one_of_several):
            yield unsure(view, "R6", f"whether {who} has {name} or the same is not known: {found.why}", role.origin)
        elif found.outcome is Outcome.FAIL and found.boundary is not None:
            reason = f"the permissions boundary of {who} forbids what {name} allows: {found.why}"
            fix = f"allow what {name} allows in {found.boundary.address}, the boundary of {role.origin.address}"
            yield fails(view, "R6", reason, found.boundary, fix=fix)
        elif found.outcome is Outcome.FAIL:
            there = next((arn for arn in map(str, role.managed) if foreign(arn, view.region)), "")
            arn = partition_of(view.region).managed_policy(name) if there else name
            why = f"{there} does not exist in {view.region}" if there else found.why
            reason = f"{who} lacks {name}: {why}"
            yield fails(view, "R6", reason, role.origin, fix=f"attach {arn} to {role.origin.address}")
        else:
            yield say(view, "R6", Outcome.PASS, found.why, assumptions=found.assumptions)
    if "worker" in asked.wants and not_trusted_in_china(role, view.region):
        reason = f"{who} does not trust {EC2_CHINA}, as EKS asks in {view.region}"
        fix = f"let {EC2_CHINA} assume {role.origin.address}"
        yield fails(view, "R6", reason, role.origin, fix=fix)

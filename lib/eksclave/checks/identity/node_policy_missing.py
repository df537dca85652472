"""The node role carries the worker, registry and CNI policies.

Why
    Nodes without the worker policy are Unauthorized, without the registry's they pull nothing, without the CNI's
    they stay NotReady.

Fix
    Attach AmazonEKSWorkerNodePolicy, AmazonEC2ContainerRegistryPullOnly and AmazonEKS_CNI_Policy; or give the CNI a
    role of its own. Write their ARNs in the Region's partition, and in China let ec2.amazonaws.com.cn assume the role.

Source
    EKS user guide, create-node-role; tf-aws-eks issue 1910; cdk-eks-blueprints issue 558.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.catalog.flows import find_flow
from eksclave.catalog.partitions import partition_of
from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.granting import EC2_CHINA, MANAGED, cni_has_own_role, foreign, grants, not_trusted_in_china
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.iam import Role
from eksclave.reach.facts.values import Origin, Value, choices, why_unknown

ASKS = ("R6",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the role of each node group for what nodes do."""
    if not find_flow("R6").when(view.features):
        return
    wrong = 0
    asked: dict[tuple[str, str], tuple[Value[str | None], Origin, bool]]
    asked = {(str(group.role), group.origin.address): (group.role, group.origin, True) for group in view.node_groups}
    if view.has(Feature.AUTO_MODE) and view.cluster.auto_mode_node_role is not None:
        asked["auto", ""] = (view.cluster.auto_mode_node_role, view.cluster.origin, False)
    for value, origin, full in asked.values():
        keys = choices(value)
        roles = [view.snapshot.role_by_key.get(key or "") for key in keys or ()]
        if keys is None or None in roles:
            wrong += 1
            why = why_unknown(value) or "it is not in the input"
            yield unsure(view, "R6", f"the node role of {origin.address}: {why}", origin)
        for role in roles:
            for result in _role(view, role, origin, full) if role else ():
                wrong += 1
                yield result
    if not asked:
        assumed = ("Karpenter's nodes use a role with the node policies",)
        yield passes(view, "R6", "no node role is in the input", assumed)
    elif not wrong:
        yield passes(view, "R6", "every node role may join, pull images and attach interfaces")


def _role(view: View, role: Role, origin: Origin, full: bool) -> Iterator[Result]:
    wants = ["worker", "registry"]
    if full and view.has(Feature.VPC_CNI) and not cni_has_own_role(view):
        wants.append("cni")
    for want in wants:
        name, granted = grants(role, want, view.region)
        if granted is None:
            why = role.managed_incomplete or "a policy is not known"
            yield unsure(view, "R6", f"whether the node role has {name} is not known: {why}", role.origin)
        elif not granted:
            reason = f"the node role of {origin.address} lacks {name}"
            wrong = [arn for arn in role.managed if isinstance(arn, str) and foreign(arn, view.region)]
            there = next((arn for arn in wrong if arn.rpartition("/")[2] in MANAGED[want]), "")
            arn = partition_of(view.region).managed_policy(name)
            if there:
                reason += f": {there} does not exist in {view.region}"
            fix = f"attach {arn if there else name} to {role.origin.address}"
            yield fails(view, "R6", reason, role.origin, fix=fix)
    if full and not_trusted_in_china(role, view.region):
        reason = f"the node role of {origin.address} does not trust {EC2_CHINA}, as EKS asks in {view.region}"
        fix = f"let {EC2_CHINA} assume {role.origin.address}"
        yield fails(view, "R6", reason, role.origin, fix=fix)

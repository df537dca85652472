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
from eksclave.checks.asking import fails, passes, say, unsure
from eksclave.checks.granting import EC2_CHINA, NAMES, cni_roles, foreign, grants, not_trusted_in_china
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import Origin, Value, choices, known_or, why_unknown

ASKS = ("R6",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the role of each node group for what nodes do, and the CNI's own role where it has one."""
    if not find_flow("R6").when(view.features):
        return
    wrong, assumed = 0, dict[str, None]()
    asked: dict[str, tuple[Value[str | None], Origin, list[str]]] = {}
    cni = cni_roles(view) if view.has(Feature.VPC_CNI) else []
    wants = ["worker", "registry", *(["cni"] if view.has(Feature.VPC_CNI) and not cni else [])]
    for group in view.node_groups:
        asked[f"the node role of {group.origin.address}"] = (group.role, group.origin, wants)
    if view.has(Feature.AUTO_MODE) and view.cluster.auto_mode_node_role is not None:
        role, origin = view.cluster.auto_mode_node_role, view.cluster.origin
        asked[f"the node role of {view.address}"] = (role, origin, ["worker", "registry"])
    for role in cni:
        asked[f"the role of the VPC CNI ({known_or(role, 'not known')})"] = (role, view.cluster.origin, ["cni"])
    for who, (value, origin, wanted) in asked.items():
        for result in _role(view, who, value, origin, wanted):
            if result.outcome is not Outcome.PASS:
                wrong += 1
                yield result
            assumed.update(dict.fromkeys(result.assumptions))
    if not asked:
        rests = ("Karpenter's nodes use a role with the node policies",)
        yield passes(view, "R6", "no node role is in the input", rests)
    elif not wrong:
        yield passes(view, "R6", "every node role may join, pull images and attach interfaces", tuple(assumed))


def _role(view: View, who: str, value: Value[str | None], origin: Origin, wants: list[str]) -> Iterator[Result]:
    keys = choices(value)
    roles = [view.snapshot.role_by_key.get(key or "") for key in keys or ()]
    if keys is None or None in roles:
        yield unsure(view, "R6", f"{who}: {why_unknown(value) or 'it is not in the input'}", origin)
    for role in filter(None, roles):
        for want in wants:
            found, name = grants(view, role, want), NAMES[want]
            if found.outcome is Outcome.UNKNOWN or (found.outcome is Outcome.FAIL and len(roles) > 1):
                yield unsure(view, "R6", f"whether {who} has {name} or the same is not known: {found.why}", role.origin)
            elif found.outcome is Outcome.FAIL:
                there = next((arn for arn in map(str, role.managed) if foreign(arn, view.region)), "")
                arn = partition_of(view.region).managed_policy(name) if there else name
                why = f"{there} does not exist in {view.region}" if there else found.why
                reason = f"{who} lacks {name}: {why}"
                yield fails(view, "R6", reason, role.origin, fix=f"attach {arn} to {role.origin.address}")
            else:
                yield say(view, "R6", Outcome.PASS, found.why, assumptions=found.assumptions)
        if "worker" in wants and not_trusted_in_china(role, view.region):
            reason = f"{who} does not trust {EC2_CHINA}, as EKS asks in {view.region}"
            fix = f"let {EC2_CHINA} assume {role.origin.address}"
            yield fails(view, "R6", reason, role.origin, fix=fix)

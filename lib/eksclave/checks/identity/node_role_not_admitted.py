"""The role of self-managed and Karpenter nodes may join.

Why
    EKS admits the role of managed node groups by itself, and no other.

Fix
    Add an aws_eks_access_entry of type EC2_LINUX (or EC2_WINDOWS) for the role.

Source
    EKS user guide, troubleshooting and access-entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Role
from eksclave.reach.facts.values import is_known, known_or, why_unknown
from eksclave.reach.policies import decide_trust

ASKS = ("R7",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask for an access entry of each such role."""
    if not find_flow("R7").when(view.features):
        return
    entries = [one for one in view.snapshot.access_entries if view.belongs(one.cluster)]
    admitted = {one.principal for one in entries if isinstance(one.type, str) and one.type.startswith("EC2")}
    perhaps = [one for one in entries if not is_known(one.principal) or not is_known(one.type)]
    managed = {known_or(group.role, "") for group in view.node_groups if group.managed}
    old = any(known_or(one.name, "") == "aws-auth" for one in view.workloads)
    wrong, asked = 0, 0
    for group in view.node_groups:
        role = known_or(group.role, "")
        if group.managed:
            continue
        asked += 1
        if not role or (role not in admitted | managed and perhaps):
            wrong += 1
            why = why_unknown(group.role) or f"whom {perhaps[0].origin.address} admits is not known"
            yield unsure(view, "R7", f"whether the role of {group.origin.address} is admitted: {why}", group.origin)
        elif role not in admitted | managed and not old and _may_be_mapped(view):
            wrong += 1
            why = f"aws-auth, which admits nodes beside access entries, is not in the input: {group.origin.address}"
            yield unsure(view, "R7", f"whether the nodes' role is admitted: {why}", group.origin)
        elif role not in admitted | managed and not old:
            wrong += 1
            reason = f"nothing admits the role of {group.origin.address} to the cluster"
            yield fails(view, "R7", reason, group.origin, fix=_entry(view, role))
    spare = [] if perhaps or old or not view.has(Feature.KARPENTER) else _spare_node_roles(view)
    for role in (one for one in spare if one.key not in admitted | managed):
        wrong += 1
        reason = f"nothing admits {role.origin.address}, the role of Karpenter's nodes, to the cluster"
        yield fails(view, "R7", reason, role.origin, fix=_entry(view, role.key))
    if asked and not wrong:
        yield passes(view, "R7", "an access entry or aws-auth admits the role of every self-managed node")
    elif view.has(Feature.KARPENTER) and not asked and not wrong:
        rests = () if spare else ("the role of Karpenter's nodes has an access entry",)
        yield passes(view, "R7", "the nodes' role is admitted", rests)


def _entry(view: View, role: str) -> str:
    return f'add aws_eks_access_entry: cluster_name of {view.address}, principal_arn of {role}, type "EC2_LINUX"'


def _may_be_mapped(view: View) -> bool:
    """Tell whether somebody may write aws-auth: it counts, and the input writes nothing into Kubernetes itself."""
    return view.cluster.authentication_mode != "API" and not view.workloads


def _spare_node_roles(view: View) -> list[Role]:
    """Return the roles made for nodes that no group of nodes has: where Karpenter runs, those of its nodes.

    Only where access entries alone admit (else aws-auth, which Terraform need not know, may), and in a lone cluster.
    """
    if view.cluster.authentication_mode != "API" or len(view.snapshot.clusters) > 1:
        return []
    taken = {known_or(group.role, "") for group in view.snapshot.node_groups}
    taken.add(known_or(view.cluster.auto_mode_node_role, None) or "")
    return [role for role in view.snapshot.roles if role.key not in taken and _is_made_for_nodes(role)]


def _is_made_for_nodes(role: Role) -> bool:
    named = {known_or(arn, "").rpartition("/")[2] for arn in role.managed}
    trusted = decide_trust(role.trust, "ec2.amazonaws.com", "sts:AssumeRole", role.origin).outcome is Outcome.PASS
    return trusted and bool(named & {"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"})

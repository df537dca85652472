"""Nodes carry the cluster security group, or one with equivalent rules.

Why
    A launch template that names any security group suppresses the one that EKS would attach; its nodes then have
    only what the template gives.

Fix
    Add the cluster security group to the launch template, or the rules that it would give.

Source
    EKS user guide, launch-templates; tf-aws-eks issue 1478.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import passes, say, stop, unsure
from eksclave.checks.mending import wear
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import choices, why_unknown

ASKS = ("R5",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask each node group's groups, and where the cluster's is missing, what its flows said."""
    if not find_flow("R5").when(view.features):
        return
    if not view.node_groups:
        yield passes(view, "R5", "nodes that EKS or Karpenter makes carry the groups of their node class")
        return
    wrong, own = 0, view.cluster.cluster_group
    for group in view.node_groups:
        named = choices(group.groups)
        if named is None:
            wrong += 1
            yield unsure(view, "R5", f"the node group's security groups: {why_unknown(group.groups)}", group.origin)
            continue
        if all(own in many for many in named):
            continue
        where = group.origin.address
        stopped = [
            one
            for one in so_far
            if "R5" in one.because and one.outcome is Outcome.FAIL and where in one.source + one.destination
        ]
        if stopped:
            wrong += 1
            ids = ", ".join(sorted({one.requirement for one in stopped}))
            reason = f"{where} does not carry the cluster security group, and its own groups do not let {ids} pass"
            template = {one.key: one for one in view.snapshot.launch_templates}.get(str(group.launch_template))
            origin = template.origin if template else group.origin
            fix = wear(view, group)
            yield say(
                view,
                "R5",
                Outcome.FAIL,
                reason,
                [stop(origin, reason), stop(group.origin, "nodes of this group")],
                fix=fix,
            )
        elif len(named) > 1 and any(_open(one, where) for one in so_far):
            wrong += 1
            why = f"whether {where} carries the cluster security group is open: {why_unknown(group.groups)}"
            yield unsure(view, "R5", why, group.origin)
    if not wrong:
        yield passes(
            view, "R5", "every node carries the cluster security group, or groups that let the same flows pass"
        )


def _open(result: Result, where: str) -> bool:
    between = result.requirement.startswith("C")
    return between and result.outcome is Outcome.UNKNOWN and where in result.source + result.destination

"""Node groups are created after what their nodes need.

Why
    Terraform makes in parallel what does not refer to each other: nodes then boot before endpoints, rules or
    policies stand, and the group fails after 15 minutes. A second apply works.

Fix
    Add depends_on to the node group.

Source
    tf-aws-eks main.tf, before_compute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import passes, say, stop
from eksclave.checks.ordering import assumed, block, deadlocked, lacks_cni, needed_first
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome

ASKS = ("R16",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask what each node group waits for."""
    if not find_flow("R16").when(view.features):
        return
    wrong, groups = 0, [group for group in view.node_groups if group.origin.address not in view.existing]
    if lacks_cni(view):
        wrong += 1
        reason = (
            "bootstrap_self_managed_addons is false and the input installs no CNI: managed nodes never become Ready"
        )
        fix = f'add aws_eks_addon "vpc-cni" to {view.address}, before the node groups'
        yield say(view, "R16", Outcome.FAIL, reason, [stop(view.cluster.origin, reason)], fix=fix)
    for group in groups:
        addon = deadlocked(view, group)
        if addon and addon not in view.existing:
            wrong += 1
            reason = f"{addon} waits for {group.origin.address}, whose nodes become Ready only by this add-on"
            fix = f"let {addon} not depend on {block(group.origin.address)}"
            yield say(view, "R16", Outcome.FAIL, reason, [stop(group.origin, "is waited for")], fix=fix)
            continue
        missing = [origin for origin in needed_first(view, group) if origin.address not in group.waits_for]
        if missing:
            wrong += 1
            names = ", ".join(dict.fromkeys(block(origin.address) for origin in missing))
            reason = f"{group.origin.address} does not wait for {names}"
            fix = f"add to depends_on of {group.origin.address}: {names}"
            places = [stop(group.origin, "does not wait"), *(stop(origin, "is not waited for") for origin in missing)]
            yield say(view, "R16", Outcome.FAIL, reason, places, fix=fix)
    if not wrong:
        reason = "every node group waits for what its nodes need, or it stands already"
        yield passes(view, "R16", reason, assumed(view))

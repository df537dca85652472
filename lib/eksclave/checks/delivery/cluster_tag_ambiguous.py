"""Exactly one security group of a node's interface carries the cluster's tag.

Why
    The load balancer controller writes its rules into the tagged group; EKS tags the cluster security group itself,
    so a second tagged one breaks it.

Fix
    Remove the tag from the other groups.

Source
    LBC docs; LBC issue 1594; tf-aws-eks issues 3684, 1810.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import fails, passes, say, stop, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.clusters import NodeGroup
from eksclave.reach.facts.values import choices, known_or, why_unknown

ASKS = ("R17",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Count the tagged groups of each node group."""
    if not view.has(Feature.LOAD_BALANCER_CONTROLLER):
        return
    tag = f"kubernetes.io/cluster/{known_or(view.cluster.name, '')}"
    wrong = 0
    for group in view.node_groups:
        if choices(group.groups) is None:
            wrong += 1
            yield unsure(view, "R17", f"its security groups: {why_unknown(group.groups)}", group.origin)
        answers = [_one(view, tag, group, many) for many in choices(group.groups) or ()]
        if answers and all(answers):
            wrong += 1
            yield answers[0]  # type: ignore[misc]
        elif any(answers):
            wrong += 1
            yield unsure(view, "R17", f"which security groups it carries: {why_unknown(group.groups)}", group.origin)
    if not wrong and view.node_groups:
        yield passes(view, "R17", "one security group of every node carries the cluster's tag, or there is but one")


def _one(view: View, tag: str, group: NodeGroup, keys: Sequence[str]) -> Result | None:
    """Return what is wrong with the tags of these security groups, or nothing."""
    known = [view.snapshot.group_by_key[key] for key in dict.fromkeys(keys) if key in view.snapshot.group_by_key]
    tagged = [one for one in known if one.made_by_eks or tag in dict(one.tags)]
    extra = [one for one in tagged if not one.made_by_eks]
    if len(tagged) > 1:
        names = ", ".join(one.origin.address for one in extra)
        fix = f'remove the tag "{tag}" from {names}'
        at = [stop(one.origin, f'carries "{tag}" beside the cluster security group') for one in extra]
        reason = f"{len(tagged)} security groups of {group.origin.address} carry the cluster's tag"
        return say(view, "R17", Outcome.FAIL, reason, at, fix=fix)
    complete = len(known) == len(keys) and not any(one.tags_incomplete for one in known)
    if not tagged and len(keys) > 1 and complete:
        fix = f'tag one of them: "{tag}" = "owned"'
        return fails(view, "R17", "none of the nodes' security groups carries the cluster's tag", group.origin, fix=fix)
    return None

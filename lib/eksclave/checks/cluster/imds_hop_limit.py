"""Pods that read the metadata service are within its hop limit.

Why
    A pod is one hop behind its node; with a hop limit of 1, which managed AL2023 nodes have, it gets no answer.

Fix
    Pass region and VPC id to the controller, or set http_put_response_hop_limit to 2.

Source
    LBC docs, installation; EKS user guide, launch-templates and al2023.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import passes, say, stop, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import decide, why_unknown

ASKS = ("L2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the hop limits where a controller reads the metadata service."""
    if not view.has(Feature.PODS_READ_IMDS):
        return
    answers = [(group, decide(group.hop_limit, lambda limit: limit < 2)) for group in view.node_groups]
    near = [group for group, short in answers if short]
    for group in near:
        reason = f"pods of {dict(view.evidence)[Feature.PODS_READ_IMDS]} ask the metadata service, whose hop limit is 1"
        yield say(view, "L2", Outcome.FAIL, reason, [stop(group.origin, reason)])
    unclear = [group for group, short in answers if short is None]
    for group in unclear:
        yield unsure(view, "L2", f"the hop limit of its metadata service: {why_unknown(group.hop_limit)}", group.origin)
    if not near and not unclear:
        yield passes(view, "L2", "the hop limit is 2 or more on every node")

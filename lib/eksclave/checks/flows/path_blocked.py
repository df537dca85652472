"""The control plane, nodes, pods, bastions and operators reach each other on the ports that EKS uses.

Why
    The API has interfaces in any of the cluster's subnets, and answers leave by other rules than requests. A path that
    works from one subnet and not from another is an intermittent failure.

Fix
    Let the source's security group out, the destination's in, and the NACLs of both subnets pass both directions.

Source
    EKS user guide, sec-group-reqs and cluster-endpoint; the source of each row of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import unsure
from eksclave.checks.meeting import ask_path, pairs
from eksclave.checks.result import Advice, Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import choices, decide, why_unknown

ASKS = (*(f"C{n}" for n in range(1, 12)), "B1", "B3", "B4")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result | Advice]:
    """Ask each path that applies, over each of its ports, between every two parties."""
    yield from _unclear(view)
    for id in ASKS:
        if not find_flow(id).when(view.features):
            continue
        for source, destination in pairs(view, id):
            for result in ask_path(view, id, source, destination):
                if id == "C11" and source is not destination and result.outcome is not Outcome.PASS:
                    text = f"{result.source} does not reach {result.destination}: {result.reason}"
                    yield Advice(id, view.address, result.where, text)
                else:
                    yield result


def _unclear(view: View) -> Iterator[Result]:
    """Yield what may be nodes of this cluster: nothing is asked of them, so nothing about them may pass."""
    if len(view.snapshot.clusters) > 1:  # alone, a cluster has all nodes
        for group in (*view.snapshot.node_groups, *view.snapshot.fargate_profiles):
            if (why := why_unknown(group.cluster)) and choices(group.cluster) is None:
                yield unsure(view, "C1", f"which cluster {group.origin.address} belongs to: {why}", group.origin)
    if decide(view.cluster.auto_mode, bool) is None:
        reason = f"whether EKS Auto Mode is on: {why_unknown(view.cluster.auto_mode)}"
        yield unsure(view, "C1", reason, view.cluster.origin)

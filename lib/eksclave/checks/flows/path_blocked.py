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
from eksclave.checks.meeting import ask_path, pairs
from eksclave.checks.result import Advice, Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome

ASKS = (*(f"C{n}" for n in range(1, 12)), "B1", "B3", "B4")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result | Advice]:
    """Ask each path that applies, over each of its ports, between every two parties."""
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

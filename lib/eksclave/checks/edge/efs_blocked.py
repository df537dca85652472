"""Nodes reach the EFS mount targets.

Why
    A mount that gets no answer leaves the pod in ContainerCreating. A file system has one mount target per zone, each
    with its own security groups.

Fix
    Let the nodes into 2049 of the mount targets' security group, and out of their own.

Source
    EFS CSI driver docs; EFS user guide, security groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import broken, traced
from eksclave.checks.mending import mend
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.question import Party, Question

ASKS = ("E5",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Trace from every kind of node to every mount target."""
    if not find_flow("E5").when(view.features):
        return
    for one in view.mount_targets:
        target = Party(f"mount target {one.origin.address}", (one.placement,))
        for party in view.nodes:
            question = Question(party, target, (PortRange.of(2049),))
            trace = view.trace(question)
            fix = mend(view, question, trace, target.name)
            yield traced(view, "E5", question, trace, party.name, f"{target.name} on 2049/tcp", broken(trace), fix)

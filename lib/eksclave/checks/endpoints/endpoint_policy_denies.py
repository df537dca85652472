"""Endpoint policies allow what is called.

Why
    A policy that only denies allows nothing, and what it forgets is denied, inside the VPC only.

Fix
    Allow the actions in the endpoint's policy for principal *.

Source
    ECR user guide, vpc-endpoints; IAM user guide; VPC user guide, vpc-endpoints-access.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R12",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows, whose endpoints' policies were read."""
    if find_flow("R12").when(view.features):
        yield from from_flows(view, "R12", so_far, "every endpoint policy allows what is called")

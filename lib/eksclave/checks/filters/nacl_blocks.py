"""NACLs pass every flow between subnets, both ways.

Why
    Rules are read by number, the first match decides, and answers are filtered too.

Fix
    Let the NACLs of both subnets pass the flow and its answers, below every number that denies them.

Source
    VPC user guide, network ACLs; le-tf-infra-aws PR 175.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R4",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "R4", so_far, "every NACL passes every flow between subnets, both ways")

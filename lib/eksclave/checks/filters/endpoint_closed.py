"""Every interface endpoint's security group lets its callers in.

Why
    A timeout to a private address is the tell-tale: the endpoint is there and its group does not know the caller.

Fix
    Allow 443 from the groups or ranges of nodes, pods and bastion.

Source
    EKS user guide, private-clusters; tf-aws-eks issues 3113, 1476; kubernetes issue 79535.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R10",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "R10", so_far, "every endpoint that a flow needs lets its callers in")

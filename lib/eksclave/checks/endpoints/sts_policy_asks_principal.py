"""The sts endpoint's policy does not ask a web identity for principal keys.

Why
    AssumeRoleWithWebIdentity is called without a principal, so no condition on aws:Principal keys can hold.

Fix
    Allow sts:AssumeRoleWithWebIdentity for principal * without such conditions.

Source
    ECR user guide, vpc-endpoints; IAM user guide; VPC user guide, vpc-endpoints-access.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R13",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows, whose endpoints' policies were read."""
    if find_flow("R13").when(view.features):
        yield from from_flows(view, "R13", so_far, "the sts endpoint lets web identities in")

"""The s3 gateway's policy allows ECR's layer bucket.

Why
    ECR hands layers out from a bucket of AWS's: a policy that knows only your own buckets or account answers 403.

Fix
    Allow s3:GetObject on the Region's starport bucket for principal *.

Source
    ECR user guide, vpc-endpoints; IAM user guide; VPC user guide, vpc-endpoints-access.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R14",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows, whose endpoints' policies were read."""
    if find_flow("R14").when(view.features):
        yield from from_flows(view, "R14", so_far, "the s3 endpoint lets ECR's layers through")

"""Every source's security group lets it out to endpoints and S3.

Why
    Terraform removes the egress rule that AWS gives every new group: without one nothing leaves.

Fix
    Allow 443 out to the endpoints' group and to the S3 prefix list.

Source
    VPC user guide, gateway endpoints for S3; guardbench-iac issue 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R11",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "R11", so_far, "every caller's security group lets it out")

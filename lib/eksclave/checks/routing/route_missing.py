"""Every subnet's route table leads to what its flows need.

Why
    A subnet without an association falls to the main route table; then one zone fails and the others do not.

Fix
    Associate the subnet with the private route table, and that table with the S3 gateway endpoint.

Source
    EKS user guide issue 275; viya4-iac-aws issue 272.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R3",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "R3", so_far, "every subnet's route table leads to what its flows need")

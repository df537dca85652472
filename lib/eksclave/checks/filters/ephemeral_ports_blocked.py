"""Answers pass the NACLs on every ephemeral port that the client may use.

Why
    The SYN passes and the SYN-ACK is dropped: a timeout, on some connections only.

Fix
    Let the NACLs pass the client's whole ephemeral range on the way back.

Source
    VPC user guide, ephemeral ports; amazon-vpc-cni-k8s README.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("C13",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "C13", so_far, "answers pass on every ephemeral port that a client may use")

"""IPv6 clusters keep an IPv4 path.

Why
    The S3 gateway and the eks endpoint speak IPv4 only.

Fix
    Give the subnets IPv4 addresses too.

Source
    VPC user guide, gateway endpoints for S3; eks-ami issue 1380.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import fails, passes
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R19",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask for IPv6-only subnets."""
    if not view.has(Feature.IPV6):
        return
    only = [subnet for subnet in view.reach_subnets if subnet.ipv6_only]
    yield from (fails(view, "R19", "the subnet has no IPv4 addresses", subnet.origin) for subnet in only)
    if not only:
        yield passes(view, "R19", "every subnet of the cluster has IPv4 addresses")

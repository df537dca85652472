"""The cluster's API name resolves to its private addresses.

Why
    Nodes and kubectl find the API by its name; a public answer leads nowhere from a closed network.

Fix
    Keep endpoint_private_access on, the VPC's DNS attributes true, and AmazonProvidedDNS in its DHCP options.

Source
    EKS user guide, cluster-endpoint; karpenter issue 2981.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("D7",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "D7", so_far, "the API's name answers the control plane's private addresses")

"""A control plane that leaves by your routes reaches its OIDC provider and webhooks.

Why
    With controlPlaneEgressMode CUSTOMER_ROUTED the API's own calls to an OIDC provider or a webhook outside of the VPC
    take the routes of the cluster's subnets; the mode cannot be taken back.

Fix
    Give the cluster's subnets a route to them.

Source
    EKS user guide, control-plane-egress; API reference, VpcConfigRequest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("C14",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Say that it is open: which names the API calls does not stand in Terraform."""
    if find_flow("C14").when(view.features):
        reason = (
            "the control plane leaves by your routes, and whom it calls (OIDC providers, webhooks) is not in the input"
        )
        yield unsure(view, "C14", reason, view.cluster.origin)

"""The VPC gives out host names.

Why
    Private zones, and so private DNS of endpoints and the API's private name, need enable_dns_hostnames;
    Terraform's default is false.

Fix
    Set enable_dns_hostnames to true.

Source
    EKS user guide, network-reqs and cluster-endpoint; tf-aws-eks issue 420.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import decide, why_unknown

ASKS = ("D3",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the VPC's attribute."""
    vpc = view.vpc
    if vpc is None:
        return
    match decide(vpc.dns_hostnames, bool):
        case True:
            yield passes(view, "D3", f"enable_dns_hostnames of {vpc.origin.address} is true")
        case False:
            reason = "enable_dns_hostnames is false, which is Terraform's default"
            yield fails(view, "D3", reason, vpc.origin, fix=f"set enable_dns_hostnames to true on {vpc.origin.address}")
        case None:
            yield unsure(view, "D3", f"enable_dns_hostnames: {why_unknown(vpc.dns_hostnames)}", vpc.origin)

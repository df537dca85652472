"""The VPC answers DNS.

Why
    Without enable_dns_support the VPC has no resolver: no name answers.

Fix
    Set enable_dns_support to true.

Source
    EKS user guide, network-reqs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import decide, why_unknown

ASKS = ("D2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the VPC's attribute."""
    vpc = view.vpc
    if vpc is None:
        return
    match decide(vpc.dns_support, bool):
        case True:
            yield passes(view, "D2", f"enable_dns_support of {vpc.origin.address} is true")
        case False:
            yield fails(
                view,
                "D2",
                "enable_dns_support is false",
                vpc.origin,
                fix=f"set enable_dns_support to true on {vpc.origin.address}",
            )
        case None:
            yield unsure(view, "D2", f"enable_dns_support: {why_unknown(vpc.dns_support)}", vpc.origin)

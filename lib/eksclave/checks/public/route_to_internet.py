"""No subnet of the cluster has a route to an internet gateway.

Why
    What has a public address there can be reached from everywhere.

Fix
    Remove the route to the internet gateway from the table, or use another table.

Source
    VPC user guide, internet gateways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import TargetKind

ASKS = ("P1",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the route table of every subnet in the cluster's reach."""
    wrong = 0
    for subnet in view.reach_subnets:
        table = view.route_table(subnet)
        for route in table.routes if table else ():
            if route.kind is TargetKind.INTERNET_GATEWAY:
                wrong += 1
                reason = f"{subnet.origin.address} has a route {route.destination} to an internet gateway"
                yield fails(view, "P1", reason, route.origin, fix=f"remove {route.origin}")
    if not wrong and view.reach_subnets:
        yield passes(view, "P1", "no subnet of the cluster has a route to an internet gateway")

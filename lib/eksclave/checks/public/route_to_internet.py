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

from eksclave.checks.asking import passes, unsure
from eksclave.checks.leaving import hidden_routes, routes_of, says
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import TargetKind

ASKS = ("P1",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask every route table that may decide for a subnet in the cluster's reach."""
    wrong = 0
    for subnet, route in routes_of(view):
        if route.kind is TargetKind.INTERNET_GATEWAY:
            wrong += 1
            reason = f"{subnet.origin.address} has a route {route.destination} to an internet gateway"
            yield says(view, subnet)(view, "P1", reason, route.origin, fix=f"remove {route.origin}")
    for origin, why in hidden_routes(view):
        wrong += 1
        yield unsure(view, "P1", why, origin)
    if not wrong and view.reach_subnets:
        yield passes(view, "P1", "no subnet of the cluster has a route to an internet gateway")

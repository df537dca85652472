"""No subnet of the cluster leaves through a NAT gateway.

Why
    Nodes and pods that leave by a NAT gateway reach the whole internet, and it costs by the hour and the gigabyte.

Fix
    Remove the route to the NAT gateway; reach AWS through VPC endpoints.

Source
    VPC user guide, NAT gateways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import passes, unsure
from eksclave.checks.leaving import hidden_routes, routes_of, says
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import decide

ASKS = ("P2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask every route table that may decide for a subnet in the cluster's reach."""
    wrong = 0
    gateways = {one.key: one for one in view.snapshot.nat_gateways}
    for subnet, route in routes_of(view):
        target = gateways.get(str(route.target))
        private = target is not None and decide(target.public, bool) is False
        if route.kind in (TargetKind.NAT_GATEWAY, TargetKind.EGRESS_ONLY) and not private:
            wrong += 1
            reason = f"{subnet.origin.address} has a route {route.destination} to the internet ({route.kind})"
            yield says(view, subnet)(view, "P2", reason, route.origin, fix=f"remove {route.origin}")
    for origin, why in hidden_routes(view):
        wrong += 1
        yield unsure(view, "P2", why, origin)
    if not wrong and view.reach_subnets:
        yield passes(view, "P2", "no subnet of the cluster leaves through a NAT gateway")

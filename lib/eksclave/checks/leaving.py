"""Ways out of the subnets in a cluster's reach: the routes of every table that may decide there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eksclave.checks.asking import fails, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import Route, Subnet, TargetKind
from eksclave.reach.facts.values import Origin, Value, choices, why_unknown


def routes_of(view: View) -> Iterator[tuple[Subnet, Route]]:
    """Yield every route of every table that may decide for a subnet in the cluster's reach."""
    for subnet in view.reach_subnets:
        for key in choices(_table(view, subnet)) or ():
            table = view.snapshot.route_table_by_key.get(key)
            yield from ((subnet, route) for route in table.routes) if table else ()


def says(view: View, subnet: Subnet) -> Callable[..., Result]:
    """Return how a fault of a subnet is told: a fail, or open where only some readings put the cluster there."""

    def open_one(view: View, requirement: str, reason: str, origin: Origin, fix: str = "") -> Result:
        return unsure(
            view, requirement, f"whether the cluster reaches {subnet.origin.address} is open: {reason}", origin
        )

    return fails if subnet.key in view.sure_subnets else open_one


def hidden_routes(view: View) -> Iterator[tuple[Origin, str]]:
    """Yield where there may be a route that the input does not show, with the reason."""
    for subnet in view.reach_subnets:
        value = _table(view, subnet)
        keys = choices(value)
        if keys is None:
            yield subnet.origin, f"the route table of {subnet.origin.address} is not known: {why_unknown(value)}"
        for key in keys or ():
            table = view.snapshot.route_table_by_key.get(key)
            if table is None:
                yield subnet.origin, f"the route table {key} is not in the input"
            elif table.incomplete:
                yield table.origin, f"{table.origin.address} may hold other routes: {table.incomplete}"
            else:
                unclear = (route for route in table.routes if route.kind is TargetKind.UNKNOWN)
                yield from ((route.origin, f"where {route.origin} leads is not known") for route in unclear)


def _table(view: View, subnet: Subnet) -> Value[str]:
    if subnet.route_table is not None:
        return subnet.route_table  # pyright: ignore[reportReturnType]
    vpc = view.snapshot.vpc_by_key.get(subnet.vpc)
    return vpc.main_route_table if vpc else subnet.vpc

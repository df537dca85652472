"""Nothing of the cluster has a public address.

Why
    A public address puts a host on the internet as soon as somebody adds a route.

Fix
    Set associate_public_ip_address or map_public_ip_on_launch to false, and load balancers to internal.

Source
    EKS best practices guide, network security.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import Origin, Value, decide, why_unknown

ASKS = ("P3",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask nodes, their subnets, bastions and load balancers."""
    asked: list[tuple[Value[bool], Origin, str, bool]] = [
        (group.public_ip, group.origin, "the nodes get a public address", True) for group in view.node_groups
    ]
    asked += [(one.placement.public_ip, one.origin, "the bastion gets a public address", True) for one in view.bastions]
    sure = [s for s in view.reach_subnets if s.key in view.sure_subnets]
    asked += [(s.map_public_ip, s.origin, "map_public_ip_on_launch is true", True) for s in sure]
    asked += [(one.internal, one.origin, "the load balancer is not internal", False) for one in view.load_balancers]
    wrong = [(origin, reason) for value, origin, reason, bad in asked if decide(value, bool) is bad]
    yield from (fails(view, "P3", reason, origin) for origin, reason in wrong)
    open_values = [(value, origin) for value, origin, _, _ in asked if decide(value, bool) is None]
    for value, origin in open_values:
        yield unsure(view, "P3", f"whether it has a public address: {why_unknown(value)}", origin)
    likely = [s for s in view.reach_subnets if s not in sure and decide(s.map_public_ip, bool) is not False]
    for subnet in likely:
        said = f"whether the cluster reaches {subnet.origin.address} is open: map_public_ip_on_launch is not false"
        yield unsure(view, "P3", said, subnet.origin)
    if not wrong and not open_values and not likely:
        yield passes(view, "P3", "no node, bastion or load balancer of the cluster has a public address")

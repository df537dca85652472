"""No security group of the cluster lets in everyone.

Why
    0.0.0.0/0 is the whole internet and every network that is ever connected to this one.

Fix
    Name the callers' ranges or security groups.

Source
    EKS best practices guide, network security.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from eksclave.checks.asking import fails, passes
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import Value, choices

ASKS = ("P4",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask every group of nodes, control plane, endpoints, bastions and load balancers."""
    lists: list[Value[tuple[str, ...]]] = [
        place.groups for party in (*view.pods, view.control_plane) for place in party.placements
    ]
    lists += [endpoint.groups for endpoint in view.endpoints]
    lists += [one.placement.groups for one in (*view.bastions, *view.load_balancers)]
    keys = dict.fromkeys(key for value in lists for many in choices(value) or () for key in many)
    wrong = 0
    for key in keys:
        group = view.snapshot.group_by_key.get(key)
        for rule in group.rules if group else ():
            if not rule.egress and rule.peer in (IPv4Network("0.0.0.0/0"), IPv6Network("::/0")):
                wrong += 1
                fix = f"name the callers' ranges or groups instead of {rule.peer} in {rule.origin}"
                yield fails(
                    view, "P4", f"{group.origin.address if group else key} lets in {rule.peer}", rule.origin, fix=fix
                )
    if not wrong:
        yield passes(view, "P4", "no security group of the cluster lets in {rule.peer}")

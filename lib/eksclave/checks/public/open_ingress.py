"""No security group of the cluster lets in everyone.

Why
    0.0.0.0/0 is the whole internet and every network that is ever connected to this one.

Fix
    Name the callers' ranges or security groups.

Source
    EKS best practices guide, network security.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach import sets
from eksclave.reach.facts.groups import OWN_RANGE, SecurityGroup
from eksclave.reach.facts.values import Value, choices, is_known, why_unknown

ASKS = ("P4",)
EVERYONE = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask every group of nodes, control plane, endpoints, bastions and load balancers."""
    lists: list[Value[tuple[str, ...]]] = [
        place.groups for party in (*view.pods, view.control_plane) for place in party.placements
    ]
    lists += [endpoint.groups for endpoint in view.endpoints]
    lists += [one.placement.groups for one in (*view.bastions, *view.load_balancers)]
    wrong = 0
    if unknown := [value for value in lists if choices(value) is None]:
        wrong += 1
        yield unsure(view, "P4", f"which security groups are attached: {why_unknown(unknown[0])}", view.cluster.origin)
    for key in dict.fromkeys(key for value in lists for many in choices(value) or () for key in many):
        group = view.snapshot.group_by_key.get(key)
        for result in _group(view, key, group):
            wrong += 1
            yield result
    if not wrong:
        yield passes(view, "P4", "no security group of the cluster lets in everyone")


def _group(view: View, key: str, group: SecurityGroup | None) -> Iterator[Result]:
    if group is None:
        yield unsure(view, "P4", f"the rules of {key} are not in the input", view.cluster.origin)
        return
    ingress = [rule for rule in group.rules if not rule.egress]
    open_rules = [rule for rule in ingress if rule.peer in EVERYONE]
    if not open_rules and _covers_all(rule.peer for rule in ingress):
        open_rules = [rule for rule in ingress if isinstance(rule.peer, IPv4Network) and rule.peer.prefixlen < 8]
    for rule in open_rules:
        fix = f"name the callers' ranges or groups instead of {rule.peer} in {rule.origin}"
        yield fails(view, "P4", f"{group.origin.address} lets in {rule.peer}", rule.origin, fix=fix)
    unclear = next((rule for rule in ingress if not is_known(rule.peer) and rule.peer != OWN_RANGE), None)
    if group.incomplete or unclear:
        why = group.incomplete or f"whom {unclear.origin if unclear else ''} names is not known"
        yield unsure(view, "P4", f"{group.origin.address} may let in everyone: {why}", group.origin)


def _covers_all(peers: Iterable[object]) -> bool:
    """Tell whether these ranges together are every public address."""
    return not sets.PUBLIC - sets.networks(one for one in peers if isinstance(one, IPv4Network))

"""Peerings are accepted and routed on both sides.

Why
    A peering carries nothing before it is accepted, and nothing comes back without a route there.

Fix
    Accept the peering, and route each side's range to it on the other.

Source
    VPC peering guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import decide, known_or, why_unknown

ASKS = ("R18",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask each peering of the cluster's VPC."""
    if not view.has(Feature.PEERING):
        return
    wrong = 0
    for peering in view.snapshot.peerings:
        ends = (known_or(peering.requester, ""), known_or(peering.accepter, ""))
        if view.vpc_key not in ends:
            continue
        accepted = decide(peering.accepted, bool)
        if accepted is False:
            wrong += 1
            fix = f"set auto_accept to true on {peering.origin.address}, or add aws_vpc_peering_connection_accepter"
            yield fails(view, "R18", "the peering is not accepted", peering.origin, fix=fix)
        if accepted is None:
            wrong += 1
            yield unsure(view, "R18", f"whether it is accepted: {why_unknown(peering.accepted)}", peering.origin)
        for end in ends:
            tables = [table for table in view.snapshot.route_tables if table.vpc == end]
            routed = any(r.kind is TargetKind.PEERING and r.target == peering.key for t in tables for r in t.routes)
            if end in view.snapshot.vpc_by_key and not routed and not any(table.incomplete for table in tables):
                wrong += 1
                yield fails(view, "R18", f"no route table of {end} leads to the peering", peering.origin)
    if not wrong:
        yield passes(view, "R18", "every peering is accepted, and routed where the input shows the side")

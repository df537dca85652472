"""Other networks resolve the endpoints' names.

Why
    Private DNS answers inside the endpoint's VPC alone: a peer or an office asks its own servers and gets public
    addresses.

Fix
    Make a Resolver inbound endpoint whose security group lets in 53 udp and tcp, or share the private hosted zone.

Source
    re:Post vpc-interface-configure-dns; Route 53 guide, Resolver inbound endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import broken, fails, traced
from eksclave.checks.mending import mend
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange, Protocol
from eksclave.reach.facts.groups import Placement
from eksclave.reach.question import Client, Party, Question

ASKS = ("D9",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Trace from operators' ranges to the inbound resolvers."""
    if not find_flow("D9").when(view.features):
        return
    inbound = [one for one in view.snapshot.resolver_endpoints if one.inbound]
    if not inbound:
        yield fails(view, "D9", "no Resolver inbound endpoint answers other networks", view.cluster.origin)
    for one in inbound:
        target = Party(f"resolver {one.origin.address}", (Placement(one.subnets, one.groups, one.origin),))
        for cidr in view.operators:
            for protocol in (Protocol.UDP, Protocol.TCP):
                source = Party(f"operators in {cidr}", networks=(cidr,), client=Client.ANY)
                question = Question(source, target, (PortRange.of(53),), protocol)
                trace = view.trace(question)
                fix = mend(view, question, trace, target.name)
                yield traced(
                    view, "D9", question, trace, source.name, f"{target.name} on 53/{protocol}", broken(trace), fix
                )

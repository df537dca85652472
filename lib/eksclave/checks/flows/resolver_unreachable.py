"""Everything reaches a resolver.

Why
    Without answers to names nothing works. The VPC's own resolver is filtered by nothing; DNS servers of one's own are.

Fix
    Set enable_dns_support, or let 53 udp and tcp pass to the servers that the DHCP options name.

Source
    VPC user guide, DNS attributes and DHCP option sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from eksclave.catalog.features import Feature
from eksclave.checks.asking import broken, passes, say, stop, traced, unsure
from eksclave.checks.mending import mend
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange, Protocol
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import decide, known_or
from eksclave.reach.question import Party, Question

ASKS = ("D1",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask for the VPC's resolver, or trace to the servers that the DHCP options name."""
    if view.vpc is None:
        return
    if decide(view.vpc.dns_support, bool) is False:
        reason = "the VPC has no resolver: enable_dns_support is false"
        yield say(view, "D1", Outcome.FAIL, reason, [stop(view.vpc.origin, reason)], because=("D2",))
    elif not view.has(Feature.CUSTOM_DNS):
        yield passes(view, "D1", "the VPC's own resolver is filtered by nothing")
    else:
        yield from _custom(view)


def _custom(view: View) -> Iterator[Result]:
    options = {one.key: one for one in view.snapshot.dhcp_options}[known_or(view.vpc.dhcp, "") or ""]  # pyright: ignore
    own = list(known_or(view.vpc.cidrs, ()) or ()) if view.vpc else []
    for server in known_or(options.servers, ()):
        try:
            address = IPv4Address(server)
        except AddressValueError:
            continue
        if any(address in cidr for cidr in own):
            yield unsure(view, "D1", f"{server} is in the VPC, and what filters it there is not known", options.origin)
            continue
        for party in view.pods:
            for protocol in (Protocol.UDP, Protocol.TCP):
                target = Party(f"DNS server {server}", networks=(IPv4Network(address),))
                question = Question(party, target, (PortRange.of(53),), protocol)
                trace = view.trace(question)
                fix = mend(view, question, trace, target.name)
                yield traced(
                    view, "D1", question, trace, party.name, f"{target.name} on 53/{protocol}", broken(trace), fix
                )

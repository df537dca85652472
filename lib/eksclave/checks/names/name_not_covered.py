"""The names that clients really call are names that the endpoints cover.

Why
    The Pod Identity agent calls the api.aws name, FIPS images call ecr-fips: an endpoint that covers another name
    does not help.

Fix
    Use an image without FIPS names, or alias the name in a private hosted zone of the VPC.

Source
    eks-pod-identity-agent issue 88; bottlerocket issue 4372; eks-ami issue 1984.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import broken, traced
from eksclave.checks.from_flows import from_flows
from eksclave.checks.parties import client_of
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import known_or
from eksclave.reach.question import DnsName, Party, Question

ASKS = ("D6",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the flows, and the FIPS names of nodes with FIPS images."""
    if not find_flow("D6").when(view.features):
        return
    yield from from_flows(view, "D6", so_far, "every name that a flow calls is one that an endpoint covers")
    if not view.has(Feature.FIPS):
        return
    for group in view.node_groups:
        ami = known_or(group.ami_type, "")
        if "FIPS" in ami:
            place = Placement(group.subnets, group.groups, group.origin, group.public_ip)
            party = Party(f"nodes of {group.origin.address}", (place,), client=client_of(view, ami))
            name = f"ecr-fips.{view.region}.amazonaws.com"
            question = Question(party, DnsName(name), (PortRange.of(443),))
            trace = view.trace(question)
            fix = f"set ami_type of {group.origin.address} to one without FIPS: no endpoint covers {name}"
            yield traced(view, "D6", question, trace, party.name, f"{name}:443", broken(trace, to_endpoint=True), fix)

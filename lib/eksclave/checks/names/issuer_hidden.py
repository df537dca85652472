"""The eks endpoint's private zone does not hide oidc.eks from who reads the issuer.

Why
    The zone eks.REGION.amazonaws.com answers for everything below it, so oidc.eks.REGION.amazonaws.com is NXDOMAIN
    in the VPC. Pods with IRSA do not read it.

Fix
    Add the oidc-eks endpoint, or run Terraform outside the VPC.

Source
    containers-roadmap issue 2038; tf-aws-eks issues 2992, 3258, 3572, 3713.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import broken, traced
from eksclave.checks.result import Advice, Result
from eksclave.checks.serving import called_name, endpoints_of, runner_parties
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.facts.values import decide
from eksclave.reach.question import DnsName, Question

ASKS = ("D8",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result | Advice]:
    """Trace from runners in the VPC; where nobody knows where Terraform runs, advise."""
    if not view.has(Feature.READS_ISSUER) or not view.region:
        return
    hiding = [one for one in endpoints_of(view, "eks") if decide(one.private_dns, bool) is not False]
    if view.has(Feature.RUNNER_IN_VPC):
        name = called_name(view, "oidc-eks")
        fix = "add the endpoint of oidc-eks with private DNS, or read the issuer from outside the VPC"
        for party in runner_parties(view):
            question = Question(party, DnsName(name), (PortRange.of(443),))
            trace = view.trace(question)
            yield traced(view, "D8", question, trace, party.name, f"{name}:443", broken(trace, to_endpoint=True), fix)
    elif hiding and not endpoints_of(view, "oidc-eks"):
        where = hiding[0].origin.address
        text = f"Terraform reads the issuer: run it outside the VPC, because {where} hides oidc.eks inside"
        yield Advice("D8", view.address, dict(view.evidence).get(Feature.READS_ISSUER, where), text)

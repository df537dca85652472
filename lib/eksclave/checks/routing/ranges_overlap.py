"""Service, VPC and peer ranges do not overlap.

Why
    A pod that calls an address of an overlapping range never leaves its node, or goes to the wrong place.

Fix
    Choose ranges that do not overlap.

Source
    EKS user guide, network-reqs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.people import linked_vpcs
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import known_or, why_unknown

ASKS = ("C15",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Compare the ranges."""
    if view.vpc is None:
        return
    own, wrong = tuple(known_or(view.vpc.cidrs, ()) or ()), 0
    service = known_or(view.cluster.service_cidr, None)
    if service is not None and any(service.overlaps(cidr) for cidr in own):
        wrong += 1
        yield fails(
            view,
            "C15",
            f"the service range {service} overlaps the VPC's {', '.join(map(str, own))}",
            view.cluster.origin,
        )
    for key in sorted(linked_vpcs(view)):
        other = view.snapshot.vpc_by_key.get(key)
        for cidr in known_or(other.cidrs, ()) or () if other else ():
            if other and (any(cidr.overlaps(one) for one in own) or (service and service.overlaps(cidr))):
                wrong += 1
                yield fails(view, "C15", f"{cidr} of {key} overlaps a range of the cluster", other.origin)
    hidden = why_unknown(view.vpc.cidrs) or why_unknown(view.cluster.service_cidr)
    if hidden:
        wrong += 1
        yield unsure(view, "C15", f"the ranges of the VPC or of the services: {hidden}", view.cluster.origin)
    if not wrong:
        yield passes(view, "C15", "no range overlaps another")

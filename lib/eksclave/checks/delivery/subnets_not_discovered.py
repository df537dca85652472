"""The load balancer controller finds subnets.

Why
    It takes private subnets with a role tag, of two zones, with eight free addresses, and none that is tagged for
    other clusters only.

Fix
    Tag the private subnets "kubernetes.io/role/internal-elb" = "1".

Source
    LBC docs/deploy/subnet_discovery.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import passes, say, stop, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Subnet
from eksclave.reach.facts.values import HOLE, known_or

ASKS = ("E6",)
ROLE = "kubernetes.io/role/internal-elb"
ZONES = "zones that are not known before apply are different ones"


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask tags, zones and sizes of the VPC's subnets."""
    if not find_flow("E6").when(view.features):
        return
    inside = [subnet for subnet in view.snapshot.subnets if subnet.vpc == view.vpc_key]
    fit = [subnet for subnet in inside if _fits(view, subnet)]
    zones = {known_or(subnet.zone, subnet.key) for subnet in fit}
    if len(zones) >= 2:
        assumed = (ZONES,) if any(known_or(subnet.zone, "") == "" for subnet in fit) else ()
        yield passes(view, "E6", f"{len(fit)} subnets of {len(zones)} zones carry the role tag", assumed)
        return
    reach = {subnet.key for subnet in view.compute_subnets}
    unfit = [s for s in inside if s not in fit and (s.key in reach or not reach)] or inside
    unclear = [subnet for subnet in unfit if subnet.tags_incomplete or dict(subnet.tags).get(ROLE) == HOLE]
    if unclear or not inside:
        why = (
            unclear[0].tags_incomplete or "a tag is known only after apply"
            if unclear
            else "the VPC's subnets are not in the input"
        )
        yield unsure(view, "E6", f"the subnets' tags: {why}", unclear[0].origin if unclear else view.cluster.origin)
        return
    reason = f"the role tag is on subnets of {len(zones)} zones; a load balancer needs two"
    names = ", ".join(subnet.origin.address for subnet in unfit)
    fix = f'tag {names}: "kubernetes.io/role/internal-elb" = "1"'
    at = [
        stop(subnet.origin, "not found: no role tag, tagged for other clusters only, or too small") for subnet in unfit
    ]
    yield say(view, "E6", Outcome.FAIL, reason, at, fix=fix)


def _fits(view: View, subnet: Subnet) -> bool:
    tags, cidr = dict(subnet.tags), known_or(subnet.cidr, None)
    named = [key.removeprefix("kubernetes.io/cluster/") for key in tags if key.startswith("kubernetes.io/cluster/")]
    mine = not named or known_or(view.cluster.name, "") in (*named, "")
    room = cidr is None or cidr.num_addresses - 5 >= 8
    return tags.get("kubernetes.io/role/internal-elb", "no") in ("1", "") and mine and room

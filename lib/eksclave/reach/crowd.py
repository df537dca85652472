"""Many legs against many legs in one VPC, without asking every pair.

Inside a VPC each step looks at one end's subnets and the other end's addresses only. So every pair passes exactly if
each
source leg passes towards all destinations together, each destination leg from all sources together, and the groups pass
between all. Where that does not hold, a pair that shows it is sought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eksclave.reach import local
from eksclave.reach.answer import Outcome, Trace
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.ruling import Where
from eksclave.reach.sets import Intervals
from eksclave.reach.steps import Flow, Step

FEW = 16
ENOUGH = 20


def traces(judge: Judge, flow: Flow, sources: list[Leg], destinations: list[Leg], endpoint: str = "") -> list[Trace]:
    """Return traces with the worst outcome of all pairs among them, and one of each kind that was met on the way."""
    if len(sources) * len(destinations) <= FEW or not _plain(sources) or not _plain(destinations):
        return _every_pair(judge, flow, sources, destinations, endpoint)
    suspects = list(_suspects(judge, flow, sources, destinations))
    pairs = suspects or [(sources[0], destinations[-1])]
    found = [one for near, far in pairs for one in local.traces(judge, flow, near, far, endpoint)]
    if suspects and all(one.outcome is Outcome.PASS for one in found):
        return _every_pair(judge, flow, sources, destinations, endpoint)
    return found


def _every_pair(judge: Judge, flow: Flow, sources: list[Leg], destinations: list[Leg], endpoint: str) -> list[Trace]:
    return [one for near in sources for far in destinations for one in local.traces(judge, flow, near, far, endpoint)]


def _plain(legs: list[Leg]) -> bool:
    """Tell whether all addresses are exact and all legs carry the same groups."""
    return all(one.where.exact and one.groups == legs[0].groups for one in legs)


def together(legs: list[Leg]) -> Leg:
    """Return one leg with the subnets and addresses of all; its table and ACL mean nothing."""
    where = Where(Intervals.of(pair for one in legs for pair in one.where.addresses))
    return replace(legs[0], subnets=tuple(subnet for one in legs for subnet in one.subnets), where=where)


def _suspects(judge: Judge, flow: Flow, sources: list[Leg], destinations: list[Leg]) -> Iterator[tuple[Leg, Leg]]:
    """Yield pairs that show every leg that does not pass towards all others, at most enough of them."""
    near, far = together(sources), together(destinations)
    groups = local.group_steps(judge, flow, near, far)
    for one in (one for one in groups if one.ruling.outcome is not Outcome.PASS):
        box = one.ruling.box
        part = box.addresses if box else Intervals()
        yield (_holder(sources, part), destinations[0]) if one.of_client else (sources[0], _holder(destinations, part))
    yield from _bad_ends(judge, flow, sources, far, destinations, True)
    yield from _bad_ends(judge, flow, destinations, near, sources, False)


def _bad_ends(
    judge: Judge, flow: Flow, ends: list[Leg], whole: Leg, others: list[Leg], source: bool
) -> Iterator[tuple[Leg, Leg]]:
    shown = 0
    for leg in ends:
        if not _bad(local.end_steps(judge, flow, leg, whole.where, source)):
            continue  # even its own subnet's addresses would pass
        rest = whole.where.addresses - leg.where.addresses if len(leg.subnets) == 1 else whole.where.addresses
        bad = _bad(local.end_steps(judge, flow, leg, Where(rest), source)) if rest else []
        if not bad:
            continue
        worst = next((one for one in bad if one.ruling.outcome is Outcome.FAIL), bad[0])
        other = _holder(others, worst.ruling.box.addresses if worst.ruling.box else rest)
        yield (leg, other) if source else (other, leg)
        shown += 1
        if shown >= ENOUGH and worst.ruling.outcome is Outcome.FAIL:
            return


def _bad(steps: list[Step]) -> list[Step]:
    return [one for one in steps if one.ruling.outcome is not Outcome.PASS]


def _holder(legs: list[Leg], addresses: Intervals) -> Leg:
    return next((one for one in legs if one.where.addresses.meets(addresses)), legs[0])

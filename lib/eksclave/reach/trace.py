"""Answer a question about a snapshot: every placement of both parties, the worst of them decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from eksclave.reach import crowd, internet, legs, links, outside, sets
from eksclave.reach.answer import Disposition, Hop, HopKind, Outcome, Trace, worst
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import Origin, known_or
from eksclave.reach.judge import Judge
from eksclave.reach.legs import Leg
from eksclave.reach.question import Party, Question, ephemeral_ports
from eksclave.reach.ruling import Where
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.steps import Flow
from eksclave.reach.targets import Target, ended, targets

SHOWN = 20


def trace(snapshot: Snapshot, question: Question) -> Trace:
    """Return the worst case over every placement of both parties, with the packet and the hop that decide it.

    Pass: every packet of every pair is proved to get there, and every answer back. Fail: some packet of some pair is
    proved
    not to. Unknown: neither. What was decided for one question is remembered for the next ones of the same snapshot.
    """
    return _Asking(_judge(snapshot), question).answer()


def _judge(snapshot: Snapshot) -> Judge:
    kept = snapshot.__dict__
    if "_judge" not in kept:
        kept["_judge"] = Judge(snapshot)
    return cast("Judge", kept["_judge"])


@dataclass(frozen=True)
class _Asking:
    judge: Judge
    question: Question

    def answer(self) -> Trace:
        source = self.question.source
        found: list[Trace] = []
        for placement in source.placements:
            found += self._from_placement(placement)
        if source.networks:
            found += self._from_legs([_outside_leg(source)])
        if not found:
            text = "the source or the destination has no interface, so nothing was asked"
            return Trace(Disposition.NO_SUBJECT, (), source.name, "", reason=text)
        return _merged(found)

    def _from_placement(self, placement: Placement) -> list[Trace]:
        return _agreed([self._from_legs(self._legs(world)) for world in legs.worlds(placement)])

    def _legs(self, placement: Placement) -> list[Leg]:
        return self.judge.once(("legs", placement), lambda: legs.legs(self.judge.snapshot, placement))

    def _from_legs(self, near: list[Leg]) -> list[Trace]:
        found = [_lost(leg, leg.unknown, leg.place, "") for leg in near if leg.unknown]
        known = [leg for leg in near if not leg.unknown]
        for vpc in dict.fromkeys(leg.vpc for leg in known):
            found += self._from_vpc(vpc, [leg for leg in known if leg.vpc == vpc])
        return found

    def _from_vpc(self, vpc: str, near: list[Leg]) -> list[Trace]:
        snapshot = self.judge.snapshot
        key = ("targets", vpc, self.question.destination)
        many = self.judge.once(key, lambda: targets(snapshot, vpc, self.question.destination))
        return [trace for target in many for trace in self._to_target(near, target)]

    def _to_target(self, near: list[Leg], target: Target) -> list[Trace]:
        if target.end is not None:
            return [ended(target, near[0].place)]
        found: list[Trace] = []
        for placement in target.placements:
            possible = [self._to_legs(near, self._legs(world), target) for world in legs.worlds(placement)]
            found += _agreed(possible)
        if target.networks:
            far = _outside_leg(Party(target.name, networks=target.networks))
            found += [
                trace for leg in near for one in self._leaving(leg, far) for trace in self._pair(one, far, target)
            ]
        if target.public is not None:
            far = internet.public_leg(self.judge.snapshot, target.name, target.service, target.public.origin)
            for one in dict.fromkeys(one for leg in near for one in self._leaving(leg, far)):
                flow = self._flow(one, far)
                found += internet.traces(self.judge, flow, one, far, target.service, target.public)
        return [_with_hop(one, target) for one in found]

    def _to_legs(self, near: list[Leg], far: list[Leg], target: Target) -> list[Trace]:
        here = [leg for leg in far if leg.vpc and leg.vpc == near[0].vpc and not leg.unknown]
        found: list[Trace] = []
        if here:
            found += crowd.traces(self.judge, self._flow(near[0], here[0]), near, here, target.endpoint)
        return found + [
            trace for end in far if end not in here for leg in near for trace in self._pair(leg, end, target)
        ]

    def _pair(self, near: Leg, far: Leg, target: Target) -> list[Trace]:
        if far.unknown:
            return [_lost(far, far.unknown, near.place, far.place)]
        if near.vpc and far.vpc:
            return [
                trace
                for each in self._leaving(near, far)
                for trace in links.traces(self.judge, self._flow(each, far), each, far, target.endpoint)
            ]
        flow = self._flow(near, far)
        if far.vpc:
            return outside.inbound(self.judge, flow, near, far)
        if near.vpc:
            return outside.outbound(self.judge, flow, near, far)
        return [_lost(near, "neither side is in a VPC of the input", near.place, far.place)]

    def _flow(self, near: Leg, far: Leg) -> Flow:
        question = self.question
        client = ephemeral_ports(question.source.client, self._leaves(near, far))
        return Flow(question.protocol, sets.ports(question.ports), sets.ports([client]))

    def _leaves(self, near: Leg, far: Leg) -> bool:
        """Tell whether some destination lies outside of the ranges of the client's VPC."""
        if not near.vpc or near.vpc == far.vpc:
            return False
        inside = sets.networks(known_or(self.judge.vpc(near).cidrs, ()))
        return bool(far.where.addresses - inside)

    def _leaving(self, near: Leg, far: Leg) -> Iterator[Leg]:
        """Yield the legs that the packets appear to come from when they leave the client's VPC."""
        others = self.question.source.leaves_from
        if not near.vpc or not others or not self._leaves(near, far):
            yield near
            return
        for placement in others:
            for world in legs.worlds(placement):
                yield from (one for one in self._legs(world) if one.vpc == near.vpc or one.unknown)


def _outside_leg(party: Party) -> Leg:
    return Leg("", (), Where(sets.networks(party.networks)), (), Origin(", ".join(map(str, party.networks))))


def _lost(leg: Leg, why: str, source: str, destination: str) -> Trace:
    hop = Hop(HopKind.ROUTE_OUT, Outcome.UNKNOWN, leg.origin, why)
    return Trace(Disposition.INSUFFICIENT_INFO, (hop,), source, destination, reason=why)


def _with_hop(one: Trace, target: Target) -> Trace:
    hops = (target.hop, *one.hops) if target.hop else one.hops
    return replace(one, hops=hops, assumptions=(*target.assumptions, *one.assumptions))


def _agreed(possible: list[list[Trace]]) -> list[Trace]:
    """Return all traces if every possible world has the same outcome, else the bad ones as open."""
    if len(possible) == 1:
        return possible[0]
    found = [one for many in possible for one in many]
    if len({worst([one.outcome for one in many]) for many in possible}) == 1:
        return found
    return [_opened(one) for one in found]


def _opened(one: Trace) -> Trace:
    if one.outcome is not Outcome.FAIL:
        return one
    text = f"{one.reason}; but only for some of the values that are possible"
    hops = (*one.hops[:-1], replace(one.hops[-1], outcome=Outcome.UNKNOWN))
    return replace(one, disposition=Disposition.INSUFFICIENT_INFO, packet=None, reason=text, hops=hops)


def _merged(found: list[Trace]) -> Trace:
    """Return the worst trace, the other bad ones beside it, and every assumption that a pass rests on."""
    rank = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}
    order = sorted(found, key=lambda one: rank[one.outcome])
    first = order[0]
    if first.outcome is Outcome.PASS:
        assumed = dict.fromkeys(text for one in order for text in one.assumptions)
        first = max(order, key=lambda one: len(one.hops))
        served = tuple(sorted({one.endpoint for one in order} - {""}))
        public = any(one.public for one in order)
        return replace(first, assumptions=tuple(sorted(assumed)), public=public, endpoints=served)
    seen, beside = {_reason(first)}, list[Trace]()
    for one in order[1:]:
        if one.outcome is not Outcome.PASS and _reason(one) not in seen and len(beside) < SHOWN:
            seen.add(_reason(one))
            beside.append(one)
    return replace(first, also=tuple(beside))


def _reason(one: Trace) -> object:
    stopped = one.stopped
    return (one.disposition, stopped.kind, stopped.origin) if stopped else (one.disposition, one.reason)

"""Order means nothing, and a fact taken away may open an answer but never turn it round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.trace import trace
from hypothesis import event, given
from hypothesis import strategies as st

from tests.oracles.asking import depth
from tests.oracles.worlds import Case, cases

HIDDEN = Unknown("hidden")
PARTS = {
    "vpcs": ("cidrs", "main_route_table"),
    "subnets": ("cidr", "nacl", "route_table", "zone"),
    "peerings": ("accepted", "requester", "accepter", "cross_region"),
    "transit_attachments": ("route_table", "subnets", "accepted", "group_references", "vpc"),
    "transit_gateways": ("group_references",),
    "prefix_lists": ("entries",),
    "endpoints": ("subnets", "groups", "route_tables"),
}
RULES = {
    "nacls": ("entries", ("number", "allow", "protocol", "cidr", "ports")),
    "groups": ("rules", ("protocol", "peer", "ports")),
    "route_tables": ("routes", ("destination", "target")),
    "transit_route_tables": ("routes", ("destination", "attachment")),
}
LISTS = {"nacls": "entries", "groups": "rules", "route_tables": "routes", "transit_route_tables": "routes"}


def changed(world: Snapshot, noun: str, old: Any, new: Any) -> Snapshot:
    return replace(world, **{noun: tuple(new if each is old else each for each in getattr(world, noun))})


@st.composite
def hidden(draw: Any, world: Snapshot) -> Snapshot:
    """Draw the world with one to three facts hidden, or known only as one of two."""
    for _ in range(draw(st.integers(1, 3))):
        noun = draw(st.sampled_from([one for one in (*PARTS, *RULES) if getattr(world, one)]))
        thing = draw(st.sampled_from(getattr(world, noun)))
        if noun in PARTS:
            part = draw(st.sampled_from(PARTS[noun]))
            world = changed(world, noun, thing, replace(thing, **{part: _veiled(draw, getattr(thing, part))}))
            continue
        many, parts = RULES[noun]
        if getattr(thing, many):
            rule = draw(st.sampled_from(getattr(thing, many)))
            part = draw(st.sampled_from(parts))
            bent = replace(rule, **{part: _veiled(draw, getattr(rule, part))})
            rules = tuple(bent if each is rule else each for each in getattr(thing, many))
            world = changed(world, noun, thing, replace(thing, **{many: rules}))
    return world


def _veiled(draw: Any, value: Any) -> Any:
    if isinstance(value, bool) and draw(st.booleans()):
        return OneOf((True, False), "hidden")
    return HIDDEN


@depth(150)
@given(st.data())
def test_hiding_facts_opens_answers_and_turns_none_round(data: st.DataObject) -> None:
    case: Case = data.draw(cases())
    known = trace(case.world, case.question)
    veiled = data.draw(hidden(case.world))
    answer = trace(veiled, case.question)
    event(f"{known.outcome} {answer.outcome}")
    assert answer.outcome in (known.outcome, Outcome.UNKNOWN), (known, answer)


def every_hiding(world: Snapshot) -> Iterator[Snapshot]:
    """Yield the world with each one fact hidden by itself; of rules each part, both ways to hide what is true or not."""
    for noun, parts in PARTS.items():
        for thing in getattr(world, noun):
            yield from (changed(world, noun, thing, replace(thing, **{part: HIDDEN})) for part in parts)
    for noun, (many, parts) in RULES.items():
        for thing in getattr(world, noun):
            for rule in getattr(thing, many):
                for part in parts:
                    known = getattr(rule, part)
                    for veil in (HIDDEN, OneOf((True, False), "hidden")) if isinstance(known, bool) else (HIDDEN,):
                        bent = replace(rule, **{part: veil})
                        rules = tuple(bent if each is rule else each for each in getattr(thing, many))
                        yield changed(world, noun, thing, replace(thing, **{many: rules}))
            if getattr(thing, many) and noun != "groups":
                yield changed(world, noun, thing, replace(thing, incomplete="hidden"))


@depth(12)
@given(cases())
def test_hiding_any_one_fact_turns_no_answer_round(case: Case) -> None:
    known = trace(case.world, case.question)
    for veiled in every_hiding(case.world):
        assert trace(veiled, case.question).outcome in (known.outcome, Outcome.UNKNOWN)


@depth(60)
@given(st.data())
def test_order_changes_neither_verdict_nor_trace(data: st.DataObject) -> None:
    case: Case = data.draw(cases())
    other = case.world
    for noun, many in LISTS.items():
        for thing in getattr(other, noun):
            mixed = tuple(data.draw(st.permutations(getattr(thing, many))))
            other = changed(other, noun, thing, replace(thing, **{many: mixed}))
    for noun in ("groups", "nacls", "route_tables", "transit_attachments", "peerings", "endpoints"):
        other = replace(other, **{noun: tuple(data.draw(st.permutations(getattr(other, noun))))})
    places = tuple(
        replace(one, subnets=tuple(data.draw(st.permutations(one.subnets))))  # type: ignore[arg-type]
        for one in case.question.source.placements
    )
    question = replace(case.question, source=replace(case.question.source, placements=places))
    first, second = trace(case.world, case.question), trace(other, question)
    assert (first.outcome, first.disposition, first.packet) == (second.outcome, second.disposition, second.packet)
    assert first.hops == second.hops

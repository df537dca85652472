"""The engine beside a simulator of single packets: passes lose no packet, failures name one that is really lost."""

from __future__ import annotations

from eksclave.reach.answer import HopKind, Outcome
from eksclave.reach.trace import trace
from hypothesis import event, given

from tests.oracles.asking import as_attempt, brute_force, depth, formula_says, packets_of
from tests.oracles.simulator import drops
from tests.oracles.worlds import Case, cases

ON_THE_WAY_OUT = frozenset({HopKind.ROUTE_OUT, HopKind.TRANSIT})
"""Where a route and where a link ends the way is told apart by neither oracle."""


def same_hop(said: HopKind, found: set[HopKind]) -> bool:
    return said in found or (said in ON_THE_WAY_OUT and bool(found & ON_THE_WAY_OUT))


@depth(100)
@given(cases())
def test_a_pass_loses_no_packet_and_a_fail_some(case: Case) -> None:
    answer = trace(case.world, case.question)
    lost = next((attempt for attempt, found in brute_force(case) if found), None)
    event(str(answer.outcome))
    assert answer.outcome is (Outcome.PASS if lost is None else Outcome.FAIL), (lost, answer)


@depth(150)
@given(cases())
def test_the_packet_of_a_fail_is_lost_where_the_trace_says(case: Case) -> None:
    answer = trace(case.world, case.question)
    for one in (answer, *answer.also):
        if one.outcome is not Outcome.FAIL:
            continue
        event(str(one.stopped.kind) if one.stopped else "nowhere")
        assert one.stopped is not None
        assert one.packet is not None
        found = [drops(case.world, attempt) for attempt in packets_of(case, one)]
        assert found, f"no connection that was asked about has the packet {one.packet}"
        assert any(same_hop(one.stopped.kind, each) for each in found), (one.stopped, found)


@depth(60)
@given(cases())
def test_simulator_and_formula_agree(case: Case) -> None:
    lost = next((attempt for attempt, found in brute_force(case) if found), None)
    found = formula_says(case)
    assert (lost is None) == (found is None), (lost, found)
    if found is not None:
        assert drops(case.world, as_attempt(case, found))

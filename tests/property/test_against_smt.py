"""The engine beside an SMT encoding: the solver finds a lost packet exactly where the engine says fail."""

from __future__ import annotations

from eksclave.reach.answer import Outcome
from eksclave.reach.trace import trace
from hypothesis import event, given

from tests.oracles.asking import depth, formula_says
from tests.oracles.worlds import Case, cases


@depth(150)
@given(cases())
def test_the_solver_finds_a_lost_packet_exactly_where_the_engine_fails(case: Case) -> None:
    answer = trace(case.world, case.question)
    found = formula_says(case)
    event(str(answer.outcome))
    assert answer.outcome is (Outcome.PASS if found is None else Outcome.FAIL), (found, answer)

"""Names beside a list of rules: every answer that the engine gives, and no other."""

from __future__ import annotations

from eksclave.reach.names import Answer, resolve
from hypothesis import event, given

from tests.oracles.asking import depth
from tests.oracles.names import NameCase, expected, name_cases


def told(answer: Answer) -> tuple[str, object]:
    if answer.kind == "addresses":
        return (str(answer.kind), answer.addresses)
    return (str(answer.kind), answer.target if answer.kind == "endpoint" else "")


@depth(300)
@given(name_cases())
def test_a_name_answers_what_the_rules_say(case: NameCase) -> None:
    found = {told(one) for one in resolve(case.world, case.vpc, case.name)}
    for kind, _ in found:
        event(kind)
    assert found == expected(case)

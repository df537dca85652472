"""Every rule, route, association, endpoint, statement, tag and attribute of proven clusters, changed by itself.

A mutant that breaks something, as independent judges see it, is never proven; one that breaks nothing fails for nothing.
Usually a part of all mutants is tried, always the same: EKSCLAVE_MUTANTS=1 tries all of them (about an hour on one core),
EKSCLAVE_MUTANTS=20 every twentieth.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator

import pytest
from eksclave.checks.result import Answer
from eksclave.errors import EksclaveError
from eksclave.reach.answer import Outcome

from tests.mutants.bases import BASES, Base, answered, made, with_known_ranges, world_of
from tests.mutants.documents import OTHER_ACCOUNT
from tests.mutants.operators import Mutant, mutants
from tests.mutants.unread import means_nothing
from tests.oracles.cluster import broken
from tests.oracles.conditions import violated

pytestmark = pytest.mark.slow
EVERY = int(os.environ.get("EKSCLAVE_MUTANTS", "0"))
USUALLY = {"03-strict-network": 60, "modules": 16, "twins": 16}

NOT_JUDGED = {"R16", "R18"}
"""The order of creation, and peerings that no flow needs, are asked by the engine alone."""
STRANGERS = {"B3", "R3"}
"""So are networks that a changed rule of the API names: nobody wrote down that they are needed."""


def _tried(base: Base) -> Iterator[Mutant]:
    """Yield every so manieth mutant, whatever their order."""
    step = EVERY or USUALLY.get(base.name, 8)
    return (one for one in mutants(world_of(base)) if zlib.crc32(one.name.encode()) % step == 0)


def _judged(base: Base, found: object) -> list[str] | None:
    """Return what is broken, None where a judge does not know enough."""
    try:
        return [one for needs in base.needs for judge in (broken, violated) for one in judge(found, needs)]  # type: ignore[arg-type]
    except (AttributeError, KeyError, LookupError, TypeError, ValueError):
        return None


def _complaint(base: Base, mutant: Mutant) -> str | None:
    facts = made(mutant.world)
    if facts == made(world_of(base)):
        return None if means_nothing(mutant.type, mutant.attribute) else "the facts do not show it"
    facts = with_known_ranges(facts)
    try:
        answer = answered(base, facts)
    except EksclaveError:
        return None  # no cluster is left
    wrong = _judged(base, facts)
    if wrong is None:
        return None if answer.verdict is not Outcome.PASS or mutant.how == "removed" else "passes, and cannot be judged"
    failed = {one.requirement for one in answer.results if one.outcome is Outcome.FAIL}
    if wrong and answer.verdict is Outcome.PASS and not _takes_it_for_own(answer):
        return f"passes in spite of {wrong[:3]}"
    if not wrong and failed - NOT_JUDGED - (STRANGERS if "B3" in failed else set()):
        reasons = [one.reason for one in answer.results if one.outcome is Outcome.FAIL]
        return f"fails {sorted(failed)} for nothing: {reasons[:2]}"
    return None


def _takes_it_for_own(answer: Answer) -> bool:
    """An account that nothing else in the input names is taken for the cluster's own, and the report says so."""
    return any(OTHER_ACCOUNT in text for one in answer.results for text in one.assumptions)


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_a_mutant_is_caught_or_harmless(base: Base) -> None:
    tried = 0
    complaints: list[str] = []
    for mutant in _tried(base):
        tried += 1
        if said := _complaint(base, mutant):
            complaints.append(f"{mutant.name}: {said}")
    assert tried > 5
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_the_judges_find_nothing_wrong_with_a_proven_cluster(base: Base) -> None:
    facts = with_known_ranges(made(world_of(base)))
    assert _judged(base, facts) == []
    assert answered(base, facts).verdict is Outcome.PASS

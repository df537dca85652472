"""`--strict`: a pass that rests on how the input was read is no pass, nor is a requirement that asked nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eksclave.catalog.flows import find_flow
from eksclave.checks.result import Answer, Result, worst_first
from eksclave.reach.answer import Outcome

_FIXES = {"R20": "lock the images with `eksclave images lock`, and give the lock file with --lock FILE"}
_FIX = "give the input that holds what it asks about too, or remove the --feature that asks for it"


def strictly(answer: Answer) -> Answer:
    """Return the answer with every pass that rests on a reading, and every requirement that asked nothing, unknown."""
    results = [*map(_doubted, answer.results), *_unasked(answer)]
    return replace(answer, results=tuple(sorted(results, key=worst_first)))


def _doubted(result: Result) -> Result:
    if result.outcome is not Outcome.PASS or not result.readings:
        return result
    first, more = result.readings[0], len(result.readings) - 1
    rest = f" (and {more} more, see assumptions)" if more else ""
    return replace(result, outcome=Outcome.UNKNOWN, reason=f"passes only if the input was read rightly: {first}{rest}")


def _unasked(answer: Answer) -> Iterator[Result]:
    for id, cluster in answer.unasked:
        flow = find_flow(id)
        reason = f"asked nothing: this applies, and the input holds nothing to ask ({flow.title})"
        fix = _FIXES.get(id, _FIX)
        yield Result(id, Outcome.UNKNOWN, cluster, impact=flow.impact, reason=reason, symptom=flow.symptom, fix=fix)

"""`--strict`: a pass that rests on how the input was read is no pass."""

from __future__ import annotations

from dataclasses import replace

from eksclave.checks.result import Answer, Result, worst_first
from eksclave.reach.answer import Outcome


def strictly(answer: Answer) -> Answer:
    """Return the answer with every pass that rests on a reading as unknown."""
    return replace(answer, results=tuple(sorted(map(_doubted, answer.results), key=worst_first)))


def _doubted(result: Result) -> Result:
    if result.outcome is not Outcome.PASS or not result.readings:
        return result
    first, more = result.readings[0], len(result.readings) - 1
    rest = f" (and {more} more, see assumptions)" if more else ""
    return replace(result, outcome=Outcome.UNKNOWN, reason=f"passes only if the input was read rightly: {first}{rest}")

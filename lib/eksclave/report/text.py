"""The answer for a person at a terminal: verdict first, then worst first, then what was counted."""

from __future__ import annotations

from eksclave.checks.ids import name_of
from eksclave.checks.result import Advice, Answer, Result
from eksclave.reach.answer import Outcome

_WORD = {Outcome.FAIL: "error", Outcome.UNKNOWN: "unknown", Outcome.PASS: "pass"}
_VERDICT = {
    Outcome.PASS: "pass: the cluster boots and is reachable as asked",
    Outcome.FAIL: "fail: something that the cluster needs does not work",
    Outcome.UNKNOWN: "unknown: not everything can be decided from this input",
}

SHOWN = 3


def render(answer: Answer) -> str:
    """Return the answer as plain text."""
    lines = [_VERDICT[answer.verdict], ""]
    for result in answer.results:
        if result.outcome is not Outcome.PASS:
            lines += [*_finding(result), ""]
    lines += [line for one in answer.advice if one.requirement != "note" for line in (*_advice(one), "")]
    lines += _notes([one for one in answer.advice if one.requirement == "note"])
    lines.append(summary(answer))
    if answer.asked_nothing:
        lines.append(f"asked nothing: {', '.join(answer.asked_nothing)}")
    return "\n".join(lines)


def _finding(result: Result) -> list[str]:
    lines = [f"{_WORD[result.outcome]}[{result.requirement} {name_of(result.requirement)}]: {result.reason}"]
    for stop in result.stopped_at or ():
        construct = f"  (construct {stop.construct})" if stop.construct else ""
        lines.append(f"  --> {stop.address}{construct}")
        if stop.detail:
            lines.append(f"   = here: {stop.detail}")
    if not result.stopped_at:
        lines.append(f"  --> {result.cluster}")
    if result.source or result.destination:
        lines.append(f"   = asked: {' → '.join(part for part in (result.source, result.destination) if part)}")
    if result.packet:
        lines.append(f"   = packet: {result.packet}")
    if result.because:
        lines.append(f"   = because: {', '.join(f'{id} {name_of(id)}' for id in result.because)}")
    if result.symptom:
        lines.append(f"   = symptom ({result.impact}): {result.symptom}")
    if result.fix:
        lines.append(f"   = fix: {result.fix}")
    lines += [f"   = assumed: {text}" for text in result.assumptions if text not in result.readings]
    lines += [f"   = read as: {text}" for text in result.readings[:SHOWN]]
    if len(result.readings) > SHOWN:
        lines.append(f"   = read as: {len(result.readings) - SHOWN} more; --format json lists them")
    return lines


def _advice(one: Advice) -> list[str]:
    return [f"advice[{one.requirement} {name_of(one.requirement)}]: {one.text}", f"  --> {one.address or one.cluster}"]


def _notes(notes: list[Advice]) -> list[str]:
    """What the readers assumed about the input: a few in full, all of them in the JSON answer."""
    shown = [f"note: {one.address}: {one.text}" for one in notes[:SHOWN]]
    more = len(notes) - len(shown)
    rest = [f"note: {more} more assumptions about the input; --format json lists them"] if more > 0 else []
    return [*shown, *rest, ""] if notes else []


def summary(answer: Answer) -> str:
    """Return the one line that counts what was asked and answered."""
    asked = {result.requirement for result in answer.results}
    parts = [f"{answer.count(outcome)} {outcome}" for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN)]
    if answer.waived:
        parts.append(f"{len(answer.waived)} waived")
    said = f"{len(asked)} requirements asked {len(answer.results) + len(answer.waived)} questions: {', '.join(parts)}"
    rests = sum(result.outcome is Outcome.PASS and bool(result.readings) for result in answer.results)
    return f"{said}; {rests} pass only as the input was read, see their assumptions" if rests else said

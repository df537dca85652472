"""The answer for a person at a terminal: verdict first, then worst first, then what was counted."""

from __future__ import annotations

from eksclave.checks.ids import name_of
from eksclave.checks.result import Advice, Answer, Result, StoppedAt
from eksclave.reach.answer import Outcome
from eksclave.report.causes import Cause, causes

_WORD = {Outcome.FAIL: "error", Outcome.UNKNOWN: "unknown", Outcome.PASS: "pass"}
_VERDICT = {
    Outcome.PASS: "pass: the cluster boots and is reachable as asked",
    Outcome.FAIL: "fail: something that the cluster needs does not work",
    Outcome.UNKNOWN: "unknown: not everything can be decided from this input",
}

SHOWN = 3
LISTED = 8


def render(answer: Answer) -> str:
    """Return the answer as plain text."""
    passed = answer.verdict is Outcome.PASS
    lines = [_verdict(answer), *(_waived(answer) if passed else ()), ""]
    for cause in causes(answer.results):
        lines += [*_finding(cause), ""]
    lines += [line for one in answer.advice if one.requirement != "note" for line in (*_advice(one), "")]
    lines += _notes([one for one in answer.advice if one.requirement == "note"])
    if answer.waived and not passed:
        lines += ["waived:", *_waived(answer), ""]
    lines.append(summary(answer))
    if answer.asked_nothing:
        lines.append(f"asked nothing: {', '.join(answer.asked_nothing)}")
    return "\n".join(lines)


def _verdict(answer: Answer) -> str:
    if answer.verdict is Outcome.PASS and answer.waived:
        return f"pass, with {len(answer.waived)} waived:"
    return _VERDICT[answer.verdict]


def _waived(answer: Answer) -> list[str]:
    """What was accepted although it does not pass: never out of sight."""
    return [
        f"  {one.result.requirement} {name_of(one.result.requirement)} at {one.result.where} "
        f"({one.reason}, until {one.until})"
        for one in answer.waived
    ]


def _finding(cause: Cause) -> list[str]:
    result = cause.head
    lines = [f"{_WORD[result.outcome]}[{result.requirement} {name_of(result.requirement)}]: {result.reason}"]
    for stop in cause.places:
        construct = f"  (construct {stop.construct})" if stop.construct else ""
        lines.append(f"  --> {stop.address}{construct}")
        if here := placed(result, stop):
            lines.append(f"   = here: {here}")
    if not cause.places:
        lines.append(f"  --> {result.cluster}")
    if result.source or result.destination:
        lines.append(f"   = asked: {' → '.join(part for part in (result.source, result.destination) if part)}")
    lines += [f"   = breaks: {text}" for text in shown(cause.breaks)]
    if packet := next((one.packet for one in cause.results if one.packet), None):
        lines.append(f"   = packet: {packet}")
    if cause.because:
        lines.append(f"   = because: {', '.join(f'{id} {name_of(id)}' for id in cause.because)}")
    if result.symptom:
        lines.append(f"   = symptom ({result.impact}): {result.symptom}")
    if result.fix:
        lines.append(f"   = fix: {result.fix}")
    lines += [f"   = assumed: {text}" for text in cause.assumptions if text not in cause.readings]
    lines += [f"   = read as: {text}" for text in cause.readings[:SHOWN]]
    if len(cause.readings) > SHOWN:
        lines.append(f"   = read as: {len(cause.readings) - SHOWN} more; --format json lists them")
    return lines


def placed(result: Result, stop: StoppedAt) -> str:
    """Return what a place says beside the finding's own sentence."""
    said = stop.detail.removeprefix("cluster security group: ")
    return "" if result.reason.startswith(said) else stop.detail


def shown(breaks: tuple[str, ...]) -> list[str]:
    """Return what a cause breaks, as much as a person reads."""
    more = len(breaks) - LISTED
    return [*breaks] if more <= 1 else [*breaks[:LISTED], f"{more} more; --format json lists them"]


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

"""The answer for a pull request comment."""

from __future__ import annotations

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer, Result
from eksclave.reach.answer import Outcome
from eksclave.report.text import summary


def render(answer: Answer) -> str:
    """Return the answer as Markdown."""
    lines = [f"# eksclave prove: {answer.verdict}", "", summary(answer), ""]
    for outcome, title in ((Outcome.FAIL, "Fails"), (Outcome.UNKNOWN, "Not decided")):
        found = [result for result in answer.results if result.outcome is outcome]
        if found:
            lines += [f"## {title}", "", *(line for result in found for line in _finding(result))]
    if answer.waived:
        lines += ["## Waived", "", "| requirement | where | reason | until |", "|---|---|---|---|"]
        lines += [
            f"| {one.result.requirement} | `{one.result.where}` | {_cell(one.reason)} | {one.until} |"
            for one in answer.waived
        ]
        lines.append("")
    if answer.advice:
        lines += ["## Advice", "", *(f"- {one.requirement} `{one.address}`: {one.text}" for one in answer.advice), ""]
    if answer.asked_nothing:
        lines += [f"Asked nothing: {', '.join(answer.asked_nothing)}", ""]
    return "\n".join(lines)


def _finding(result: Result) -> list[str]:
    lines = [f"### {result.requirement} {name_of(result.requirement)}: {result.reason}", ""]
    lines += [f"- where: `{stop.address}` {stop.detail}".rstrip() for stop in result.stopped_at]
    lines += [f"- {word}: {text}" for word, text in _facts(result) if text]
    return [*lines, ""]


def _facts(result: Result) -> list[tuple[str, str]]:
    asked = " → ".join(part for part in (result.source, result.destination) if part)
    return [
        ("cluster", f"`{result.cluster}`"),
        ("asked", asked),
        ("packet", f"`{result.packet}`" if result.packet else ""),
        ("because", ", ".join(result.because)),
        (f"symptom ({result.impact})", result.symptom),
        ("fix", result.fix or ""),
        ("assumed", "; ".join(result.assumptions)),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

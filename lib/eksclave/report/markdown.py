"""The answer for a pull request comment."""

from __future__ import annotations

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer
from eksclave.reach.answer import Outcome
from eksclave.report.causes import Cause, causes
from eksclave.report.text import shown, summary


def render(answer: Answer) -> str:
    """Return the answer as Markdown."""
    lines = [f"# eksclave prove: {answer.verdict}", "", summary(answer), ""]
    for outcome, title in ((Outcome.FAIL, "Fails"), (Outcome.UNKNOWN, "Not decided")):
        found = [cause for cause in causes(answer.results) if cause.head.outcome is outcome]
        if found:
            lines += [f"## {title}", "", *(line for cause in found for line in _finding(cause))]
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


def _finding(cause: Cause) -> list[str]:
    result = cause.head
    lines = [f"### {result.requirement} {name_of(result.requirement)}: {result.reason}", ""]
    lines += [f"- where: `{stop.address}` {stop.detail}".rstrip() for stop in cause.places]
    lines += [f"- {word}: {text}" for word, text in _facts(cause) if text]
    return [*lines, ""]


def _facts(cause: Cause) -> list[tuple[str, str]]:
    result = cause.head
    packet = next((one.packet for one in cause.results if one.packet), None)
    return [
        ("cluster", f"`{result.cluster}`"),
        ("asked", " → ".join(part for part in (result.source, result.destination) if part)),
        *(("breaks", text) for text in shown(cause.breaks)),
        ("packet", f"`{packet}`" if packet else ""),
        ("because", ", ".join(cause.because)),
        (f"symptom ({result.impact})", result.symptom),
        ("fix", result.fix or ""),
        ("assumed", "; ".join(cause.assumptions)),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

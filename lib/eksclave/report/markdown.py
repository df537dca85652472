"""The answer for a pull request comment."""

from __future__ import annotations

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer
from eksclave.reach.answer import Outcome
from eksclave.report.causes import Cause, causes
from eksclave.report.text import SHOWN, placed, shown, summary

ROOM = 60_000
"""GitHub takes comments of up to 65,536 characters; what follows the findings needs some."""


def render(answer: Answer) -> str:
    """Return the answer as Markdown, with as many findings as one comment holds, the worst of them first."""
    lines = [f"# eksclave prove: {answer.verdict}", "", summary(answer), ""]
    left, dropped = ROOM, 0
    for outcome, title in ((Outcome.FAIL, "Fails"), (Outcome.UNKNOWN, "Not decided")):
        found = [_finding(cause) for cause in causes(answer.results) if cause.head.outcome is outcome]
        lines += [f"## {title}", ""] if found else []
        for finding in found:
            size = sum(len(line.encode()) + 1 for line in finding)
            left, dropped = (left - size, dropped) if size <= left and not dropped else (left, dropped + 1)
            lines += finding if not dropped else []
    if dropped:
        lines += [f"**{dropped} more findings do not fit here**; `--format json` lists them.", ""]
    return "\n".join([*lines, *_rest(answer)])[: ROOM + 5_000]


def _rest(answer: Answer) -> list[str]:
    lines: list[str] = []
    if answer.waived:
        lines += ["## Waived", "", "| requirement | where | reason | until |", "|---|---|---|---|"]
        lines += [
            f"| {one.result.requirement} | `{one.result.where}` | {_cell(one.reason)} | {one.until} |"
            for one in answer.waived
        ]
        lines.append("")
    if answer.advice:
        notes = [one for one in answer.advice if one.requirement == "note"]
        told = [one for one in answer.advice if one.requirement != "note"] + notes[:SHOWN]
        lines += ["## Advice", "", *(f"- {one.requirement} `{one.address}`: {one.text}" for one in told)]
        more = len(notes) - SHOWN
        lines += [f"- {more} more assumptions about the input; `--format json` lists them"] if more > 0 else []
        lines.append("")
    if answer.asked_nothing:
        lines += [f"Asked nothing: {', '.join(answer.asked_nothing)}", ""]
    return lines


def _finding(cause: Cause) -> list[str]:
    result = cause.head
    lines = [f"### {result.requirement} {name_of(result.requirement)}: {result.reason}", ""]
    lines += [f"- where: `{stop.address}` {placed(result, stop)}".rstrip() for stop in cause.places]
    lines += [f"- {word}: {text}" for word, text in _facts(cause) if text]
    return [*lines, ""]


def _facts(cause: Cause) -> list[tuple[str, str]]:
    result = cause.head
    packet = next((one.packet for one in cause.results if one.packet), None)
    more = len(cause.readings) - SHOWN
    return [
        ("cluster", f"`{result.cluster}`"),
        ("asked", " → ".join(part for part in (result.source, result.destination) if part)),
        *(("breaks", text) for text in shown(cause.breaks)),
        ("packet", f"`{packet}`" if packet else ""),
        ("because", ", ".join(cause.because)),
        (f"symptom ({result.impact})", result.symptom),
        ("fix", result.fix or ""),
        *(("assumed", text) for text in cause.assumptions if text not in cause.readings),
        *(("read as", text) for text in cause.readings[:SHOWN]),
        ("read as", f"{more} more; `--format json` lists them" if more > 0 else ""),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

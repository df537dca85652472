"""JUnit XML: one test case per answer, so that a CI server counts and shows them."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer, Result
from eksclave.reach.answer import Outcome


def render(answer: Answer) -> str:
    """Return the answer as JUnit XML: a fail is a failure, an unknown an error, what is waived is skipped."""
    cases = [_case(result, _body(result)) for result in answer.results]
    cases += [
        _case(one.result, f"<skipped message={_attribute(f'{one.reason} (until {one.until})')}/>")
        for one in answer.waived
    ]
    counts = (
        f'tests="{len(cases)}" failures="{answer.count(Outcome.FAIL)}" '
        f'errors="{answer.count(Outcome.UNKNOWN)}" skipped="{len(answer.waived)}"'
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="eksclave prove" {counts}>',
        f'  <testsuite name="eksclave prove" {counts}>',
        *(f"    {case}" for case in cases),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _case(result: Result, body: str) -> str:
    asked = " to ".join(part for part in (result.source, result.destination) if part)
    name = f"{result.requirement} {name_of(result.requirement)}" + (f": {asked}" if asked else "")
    return f"<testcase classname={_attribute(result.cluster)} name={_attribute(name)}>{body}</testcase>"


def _body(result: Result) -> str:
    if result.outcome is Outcome.PASS:
        return ""
    tag = "failure" if result.outcome is Outcome.FAIL else "error"
    lines = [*(f"{stop.address}: {stop.detail}" for stop in result.stopped_at), str(result.packet or "")]
    lines += [f"symptom: {result.symptom}", f"fix: {result.fix or ''}"]
    text = escape(_printable("\n".join(line for line in lines if line)))
    return f"<{tag} type={_attribute(result.impact)} message={_attribute(result.reason)}>{text}</{tag}>"


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    return "".join(char if char in "\n\t" or ord(char) >= 32 else " " for char in text)

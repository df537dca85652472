"""SARIF 2.1.0, which code hosts show beside the change."""

from __future__ import annotations

from typing import Any

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer, Result
from eksclave.reach.answer import Outcome

_LEVEL = {Outcome.FAIL: "error", Outcome.UNKNOWN: "warning"}


def render(answer: Answer) -> str:
    """Return fails and unknowns as SARIF results; what is waived carries its suppression."""
    import orjson

    found = [(result, None) for result in answer.results if result.outcome in _LEVEL]
    waived = [(one.result, f"{one.reason} (until {one.until})") for one in answer.waived]
    rules = sorted({result.requirement for result, _ in (*found, *waived)}, key=lambda id: (id[0], int(id[1:])))
    run = {
        "tool": {"driver": {"name": "eksclave", "version": _version(), "rules": [_rule(id) for id in rules]}},
        "results": [_result(result, rules.index(result.requirement), why) for result, why in (*found, *waived)],
        "properties": {"verdict": str(answer.verdict), "askedNothing": list(answer.asked_nothing)},
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eksclave")
    except PackageNotFoundError:
        return "0"


def _rule(id: str) -> dict[str, Any]:
    from eksclave.checks.ids import title_of

    return {"id": id, "name": name_of(id), "shortDescription": {"text": title_of(id)}}


def _result(result: Result, index: int, waived: str | None) -> dict[str, Any]:
    text = ". ".join(part for part in (result.reason, result.fix and f"Fix: {result.fix}") if part)
    place: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": stop.address, "kind": "resource"} for stop in result.stopped_at]
        or [{"fullyQualifiedName": result.cluster, "kind": "resource"}]
    }
    said: dict[str, Any] = {
        "ruleId": result.requirement,
        "ruleIndex": index,
        "level": _LEVEL[result.outcome],
        "message": {"text": text or result.requirement},
        "locations": [place],
        "properties": {"cluster": result.cluster, "impact": result.impact, "because": list(result.because)},
    }
    if waived is not None:
        said["suppressions"] = [{"kind": "external", "justification": waived}]
    return said

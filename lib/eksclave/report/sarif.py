"""SARIF 2.1.0, which code hosts show beside the change.

GitHub code scanning asks for a file in every location, and for texts of help in every rule (GitHub docs, SARIF support
for code scanning). Terraform's plans name no files: the input that holds the address stands there, at its first line;
of a folder the stack's cdk.tf.json. Standard input has no file: `stdin.json` stands for it, which code scanning takes
and shows without an excerpt.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from eksclave.checks.ids import name_of
from eksclave.checks.result import Answer, Result
from eksclave.reach.answer import Outcome

NO_FILES: Mapping[str, str] = {}
_LEVEL = {Outcome.FAIL: "error", Outcome.UNKNOWN: "warning"}


def render(answer: Answer, read: str = "", files: Mapping[str, str] = NO_FILES) -> str:
    """Return fails and unknowns as SARIF results; what is waived carries its suppression.

    `files` says which file holds an address, `read` is the input for all others.
    """
    import orjson

    found = [(result, None) for result in answer.results if result.outcome in _LEVEL]
    waived = [(one.result, f"{one.reason} (until {one.until})") for one in answer.waived]
    rules = sorted({result.requirement for result, _ in (*found, *waived)}, key=lambda id: (id[0], int(id[1:])))
    run = {
        "tool": {"driver": {"name": "eksclave", "version": _version(), "rules": [_rule(id) for id in rules]}},
        "results": [
            _result(result, rules.index(result.requirement), why, _file(_holder(result, read, files)))
            for result, why in (*found, *waived)
        ],
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


def _holder(result: Result, read: str, files: Mapping[str, str]) -> str:
    """Return the file that holds what decided, else the cluster, else the first input."""
    addresses = (*(stop.address for stop in result.stopped_at), result.cluster)
    return next((files[one] for one in addresses if one in files), read)


def _file(read: str) -> str:
    """Return the input as a URI below the repository's root: relative where it is, else its name."""
    path = Path({"": "plan.json", "-": "stdin.json"}.get(read, read))
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.name if path.is_absolute() or ".." in path.parts else path.as_posix()


def _rule(id: str) -> dict[str, Any]:
    from eksclave.catalog.flows import flow_or_none
    from eksclave.checks.ids import find_promise, title_of

    fact = flow_or_none(id) or find_promise(id)
    title, help = title_of(id), f"{fact.symptom}. Fix: {fact.fix}. Source: {fact.source}"
    return {
        "id": id,
        "name": name_of(id),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": help, "markdown": f"**Symptom**: {fact.symptom}\n\n**Fix**: {fact.fix}\n\n{fact.source}"},
        "properties": {"tags": ["eksclave", fact.impact]},
    }


def _fingerprint(result: Result) -> str:
    """Return what a finding is known by from run to run: what was asked, and where it stopped."""
    asked = (result.requirement, result.cluster, result.source, result.destination, result.where)
    return sha256("\n".join(asked).encode()).hexdigest()[:32]


def _result(result: Result, index: int, waived: str | None, file: str) -> dict[str, Any]:
    text = ". ".join(part for part in (result.reason, result.fix and f"Fix: {result.fix}") if part)
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": stop.address, "kind": "resource"} for stop in result.stopped_at]
        or [{"fullyQualifiedName": result.cluster, "kind": "resource"}],
    }
    said: dict[str, Any] = {
        "ruleId": result.requirement,
        "ruleIndex": index,
        "level": _LEVEL[result.outcome],
        "message": {"text": text or result.requirement},
        "locations": [place],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(result)},
        "properties": {"cluster": result.cluster, "impact": result.impact, "because": list(result.because)},
    }
    if waived is not None:
        said["suppressions"] = [{"kind": "external", "justification": waived}]
    return said

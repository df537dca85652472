"""Write docs/checks: one page per required flow and per check. `python -m eksclave.checks.docs [FOLDER]`.

With `--check` nothing is written, and the exit code is 1 where a page is missing or differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eksclave.catalog.flows import FLOWS, RequiredFlow
from eksclave.checks.ids import PROMISES, name_of
from eksclave.checks.registry import Check, checks

MADE = "<!-- made by `python -m eksclave.checks.docs`; do not edit -->"


def pages(cases: Path | None = None) -> dict[str, str]:
    """Return every page by its file name; `cases` is the folder of test cases that give the failing examples."""
    examples = _examples(cases) if cases else {}
    found = {f"{flow.id}.md": _flow(flow, examples.get(flow.id)) for flow in FLOWS}
    found |= {f"{one.name}.md": _check(one) for one in checks()}
    for promise in PROMISES:
        lines = [f"# {promise.id} {promise.name}", MADE, f"{promise.title[:1].upper()}{promise.title[1:]}."]
        lines += [f"**Symptom** ({promise.impact}): {promise.symptom}", f"**Fix**: {promise.fix}"]
        lines += [f"**Source**: {promise.source}", *_example(examples.get(promise.id)), _asked_by(promise.id)]
        found[f"{promise.id}.md"] = "\n\n".join(lines) + "\n"
    found["README.md"] = _index()
    return found


def _flow(flow: RequiredFlow, example: str | None) -> str:
    lines = [f"# {flow.id} {name_of(flow.id)}", MADE, f"{flow.title[:1].upper()}{flow.title[1:]}."]
    rows = [("applies", str(flow.when)), ("impact", flow.impact)]
    if flow.sources:
        rows.append(("from", ", ".join(flow.sources)))
    if flow.services:
        rows.append(("to endpoint services", ", ".join(flow.services)))
    if flow.target:
        rows.append(("to", str(flow.target)))
    if flow.ports:
        rows.append(("ports", ", ".join(map(str, flow.ports))))
    lines.append("\n".join(["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows)]))
    lines += [f"**Symptom**: {flow.symptom}", f"**Fix**: {flow.fix}"]
    if flow.note:
        lines.append(f"**Note**: {flow.note}")
    lines += [f"**Source** ({flow.confidence}): {flow.source}", *_example(example), _asked_by(flow.id)]
    return "\n\n".join(line for line in lines if line) + "\n"


def _asked_by(id: str) -> str:
    names = [one.name for one in checks() if id in one.asks]
    return "Asked by " + ", ".join(f"[{name}]({name}.md)" for name in names) + "." if names else "Not asked yet."


def _check(one: Check) -> str:
    head, *rest = (one.module.__doc__ or "").strip().splitlines()
    lines = [f"# {one.name}", "", MADE, "", head, ""]
    for line in rest:
        text = line.strip()
        lines.append(f"## {text}\n" if text in ("Why", "Fix", "Source") else text)
    answers = ", ".join(f"[{id}]({id}.md)" for id in one.asks)
    return "\n".join([*lines, "", f"Group: {one.group}. Answers {answers}.", ""])


def _example(example: str | None) -> list[str]:
    return ["## Failing example", f"```text\n{example}\n```"] if example else []


def _index() -> str:
    lines = ["# What eksclave prove asks", "", MADE, "", "| id | name | what | impact |", "|---|---|---|---|"]
    lines += [f"| [{flow.id}]({flow.id}.md) | {name_of(flow.id)} | {flow.title} | {flow.impact} |" for flow in FLOWS]
    lines += [f"| [{one.id}]({one.id}.md) | {one.name} | {one.title} | {one.impact} |" for one in PROMISES]
    lines += ["", "## Checks", ""]
    lines += [f"- [{one.name}]({one.name}.md) ({one.group}): {', '.join(one.asks)}" for one in checks()]
    return "\n".join([*lines, ""])


def _examples(folder: Path) -> dict[str, str]:
    """Return for each id the first test case in which it fails, as what was changed in a correct plan."""
    from ruamel.yaml import YAML

    found: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        told: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for id, address in (told.get("fails") or {}).items():
            text = [f"case: {path.parent.name}/{path.stem} (correct plan: {told['base']})"]
            text += [f"with: {', '.join(told['features'])}"] if told.get("features") else []
            text += [f"changed: {_step(step)}" for step in told.get("steps") or ()]
            text.append(f"fails: {id}" + (f" at {address}" if address else ""))
            found.setdefault(id, "\n".join(text))
    return found


def _step(step: dict[str, Any]) -> str:
    match step:
        case {"drop": address}:
            return f"{address} removed"
        case {"set": address, "values": values}:
            return f"{address}: {', '.join(values)} set"
        case {"refer": address, "attribute": name, "to": to}:
            return f"{address}: {name} refers to {', '.join(to) or 'nothing'}"
        case {"add": address}:
            return f"{address} added"
        case {"output": values}:
            return f"outputs {', '.join(values)} added"
        case {"forget": address, "names": names}:
            return f"{address} does not depend on {', '.join(names)}"
        case _:
            return str(step)


def main(arguments: Iterable[str]) -> int:
    """Write the pages, or compare them."""
    given = [one for one in arguments if not one.startswith("-")]
    folder = Path(given[0]) if given else Path("docs/checks")
    cases = folder.parent.parent / "tests" / "checks"
    wanted = pages(cases if cases.is_dir() else None)
    if "--check" in arguments:
        wrong = [name for name, text in wanted.items() if not _same(folder / name, text)]
        extra = [path.name for path in sorted(folder.glob("*.md")) if path.name not in wanted]
        for name in (*wrong, *extra):
            print(f"{folder / name}: differs; run python -m eksclave.checks.docs", file=sys.stderr)
        return 1 if wrong or extra else 0
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages in {folder}")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

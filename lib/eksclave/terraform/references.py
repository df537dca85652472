"""References as plan JSON lists them: traversals, each followed by its own prefixes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eksclave.terraform.values import Path

_INDEX = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_STEP = re.compile(r'\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.(\d+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One traversal of an expression: its root (`aws_subnet.private`, `var`, `module.vpc`, `each`) and the rest."""

    root: str  # resource, data, var, local, module, each, count, or other
    name: str  # "aws_subnet.private", "data.aws_vpc.this", the variable's, local's or module's name
    rest: Path

    @property
    def type(self) -> str:
        """The resource type of a resource or data term."""
        return self.name.split(".")[-2] if self.root in ("resource", "data") else ""


def split(address: str) -> Path:
    """Return the steps of a traversal or of an address: `a.b[0]["k"]` is a, b, 0, k."""
    steps: list[str | int] = []
    for word, number, key, dotted in _STEP.findall(address):
        if number or dotted:
            steps.append(int(number or dotted))
        elif key or not word:
            steps.append(key.replace('\\"', '"').replace("\\\\", "\\"))
        else:
            steps.append(word)
    return tuple(steps)


def without_indexes(address: str) -> str:
    """Return an address as the configuration knows it: `module.a["x"].aws_b.c[0]` is `module.a.aws_b.c`."""
    return _INDEX.sub("", address)


def reduced(references: Sequence[str]) -> list[str]:
    """Drop the prefixes that Terraform lists after each traversal; keep order and repetition."""
    kept: list[str] = []
    longest = ""
    for reference in references:
        if longest and longest != reference and longest.startswith(reference) and longest[len(reference)] in ".[":
            continue
        kept.append(reference)
        longest = reference
    return kept


def parse(reference: str) -> Term:
    """Return one traversal as a term."""
    steps = split(reference)
    head = str(steps[0]) if steps else ""
    if head in ("var", "local", "module"):
        return Term(head, str(steps[1]) if len(steps) > 1 else "", steps[2:])
    if head in ("each", "count"):
        return Term(head, str(steps[1]) if len(steps) > 1 else "", steps[2:])
    if head in ("path", "terraform", "self", ""):
        return Term("other", head, steps[1:])
    if head in ("data", "ephemeral"):
        return Term("data", ".".join(map(str, steps[:3])), steps[3:])
    return Term("resource", ".".join(map(str, steps[:2])), steps[2:])


def terms(references: Sequence[str]) -> list[Term]:
    """Return the terms of an expression in order."""
    return [parse(reference) for reference in reduced(references)]


def all_references(expression: object) -> list[str]:
    """Return every reference inside an expression or a block of expressions, prefixes dropped."""
    found: list[str] = []
    todo = [expression]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            references = part.get("references")
            if isinstance(references, list) and all(isinstance(reference, str) for reference in references):
                found += reduced(references)
            else:
                todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return found


def follows_key(expression: object) -> bool:
    """Tell whether an expression can differ between the instances of its block: it names each or count."""
    return any(parse(reference).root in ("each", "count") for reference in all_references(expression))

"""What the plan's `relevant_attributes` tell about expressions that it does not keep.

The list names every attribute that contributed to a change, also through locals and dynamic blocks (Terraform's
internals documentation, JSON output format). What is in no visible expression is used in a hidden one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eksclave.terraform.references import all_references, parse, without_indexes
from eksclave.terraform.values import Path

Used = dict[str, set[Path]]
"""Attributes that are used, by the block's address without any index."""


@dataclass(frozen=True)
class Evidence:
    """Attributes that contribute to the plan, and those of them that visible expressions account for."""

    relevant: Used
    visible: Used

    def may_be_hidden(self, module: str, block: str, attribute: Path) -> bool:
        """Tell whether this attribute can stand in an expression that the plan does not keep."""
        return not self.relevant or _holds(self.relevant, static(module, block), attribute)

    def is_hidden(self, module: str, block: str, attribute: Path) -> bool:
        """Tell whether this attribute surely stands in such an expression: it is used, and nowhere visible."""
        address = static(module, block)
        return (
            bool(self.relevant)
            and _holds(self.relevant, address, attribute)
            and not _holds(self.visible, address, attribute)
        )


def gather(document: Mapping[str, Any]) -> Evidence:
    """Return the evidence in one plan."""
    relevant: Used = {}
    for one in document.get("relevant_attributes") or ():
        if isinstance(one, dict) and isinstance(one.get("resource"), str):
            attribute = tuple(step for step in one.get("attribute") or () if isinstance(step, (str, int)))
            relevant.setdefault(without_indexes(one["resource"]), set()).add(attribute)
    visible: Used = {}
    if relevant:
        _walk((document.get("configuration") or {}).get("root_module"), "", visible)
    return Evidence(relevant, visible)


def static(module: str, block: str) -> str:
    """Return a block's address without any index."""
    return without_indexes(f"{module}.{block}" if module else block)


def _walk(module: Any, address: str, visible: Used) -> None:
    if not isinstance(module, dict):
        return
    said: list[str] = []
    for block in module.get("resources") or ():
        said += all_references([block.get(name) for name in ("expressions", "for_each_expression", "count_expression")])
    for name, call in (module.get("module_calls") or {}).items():
        said += all_references([call.get(part) for part in ("expressions", "for_each_expression", "count_expression")])
        _walk(call.get("module"), f"{address}.module.{name}".lstrip("."), visible)
    for output in (module.get("outputs") or {}).values() if address else ():
        said += all_references(output.get("expression"))
    for reference in said:
        term = parse(reference)
        if term.root in ("resource", "data"):
            visible.setdefault(static(address, term.name), set()).add(term.rest)


def _holds(used: Used, address: str, attribute: Path) -> bool:
    """A use of the whole block (a splat, a lost index) counts as a use of the attribute."""
    return any(_same(path, attribute) for path in used.get(address, ()))


def _same(path: Path, attribute: Path) -> bool:
    words = [step for step in path if isinstance(step, str) and step != "*"]
    wanted = [step for step in attribute if isinstance(step, str)]
    return not words or words == wanted or words[: len(wanted)] == wanted or wanted[: len(words)] == words

"""The configuration's expression for one part of a value: nested blocks, and sets that lose their order."""

from __future__ import annotations

from typing import Any

from eksclave.terraform.exact import without_templates
from eksclave.terraform.references import all_references
from eksclave.terraform.scope import Json

COMPUTED = object()
"""The block is configured, and this argument is not in it: the provider fills it in."""


def inside(expression: Any, name: str) -> Any:
    """Return the expression of a part: of a block its own, of a flat list of references all of them."""
    if isinstance(expression, list):
        return inside(expression[0], name) if len(expression) == 1 else None
    if isinstance(expression, dict):
        if "references" in expression and isinstance(expression["references"], list):
            return expression
        return expression.get(name, COMPUTED)
    return COMPUTED if expression is COMPUTED else None


def block_for(expression: Any, element: Any, at: int, count: int) -> Any:
    """Find the block that made an element: sets lose the order of the configuration, constants tell them apart."""
    expression = without_templates(expression)
    if isinstance(expression, dict) and isinstance(expression.get("constant_value"), list):
        return None  # what is not known stands in a dynamic block beside those that are constant
    if not isinstance(expression, list):
        return expression
    if len(expression) == 1 and count == 1:
        return expression[0]
    if not isinstance(element, dict):
        return expression[at] if len(expression) == count else None
    fitting = [block for block in expression if isinstance(block, dict) and _fits(block, element)]
    if len(fitting) == 1:
        return fitting[0]
    if len(expression) == count and at < len(expression) and (expression[at] in fitting):
        return _merged(fitting)
    return _merged(fitting) if fitting else None


def _fits(block: Json, element: Json) -> bool:
    for name, expression in block.items():
        expression = without_templates(expression)
        if isinstance(expression, dict) and "constant_value" in expression:
            known, constant = element.get(name), expression["constant_value"]
            if known is not None and known != constant and str(known).lower() != str(constant).lower():
                return False
    configured = {name for name, value in element.items() if value not in (None, "", [], 0, False, {})}
    return configured <= set(block)


def _merged(blocks: list[Json]) -> Json | None:
    """Several blocks could have made this element: any of their references."""
    if len(blocks) < 2:
        return blocks[0] if blocks else None
    names = {name for block in blocks for name in block}
    return {name: {"references": all_references([block.get(name) for block in blocks])} for name in sorted(names)}

"""Plans of configurations in JSON syntax keep whole expressions: read them exactly instead of by their references.

`terraform show -json` writes the text of a JSON argument as `constant_value`, templates and all, with the references
beside it. What CDKTF synthesizes is such a configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eksclave.terraform.evaluate import Key, Stack
from eksclave.terraform.meaning import Names
from eksclave.terraform.scope import Instance, Json
from eksclave.terraform.values import Unknown, Value, symbols

_OPAQUE = Unknown("an expression that the plan does not keep")


class Exact(Stack):
    """The root module of one plan as a stack whose expressions can be evaluated; locals and modules are not in it."""

    def __init__(self, document: Mapping[str, Any], instances: Iterable[Instance]) -> None:
        root = (document.get("configuration") or {}).get("root_module") or {}
        given = document.get("variables") or {}
        body: Json = {"resource": {}, "data": {}, "variable": {}}
        for block in root.get("resources") or ():
            mode = "data" if block.get("mode") == "data" else "resource"
            arguments = {name: _raw(part) for name, part in (block.get("expressions") or {}).items()}
            for meta in ("count", "for_each"):
                if f"{meta}_expression" in block:
                    arguments[meta] = _raw(block[f"{meta}_expression"])
            body[mode].setdefault(block.get("type"), {})[block.get("name")] = arguments
        for name in root.get("variables") or {}:
            value = given.get(name)
            if isinstance(value, dict) and "value" in value:
                body["variable"][name] = {"default": value["value"]}
        super().__init__("", body, lambda address: address)
        self.written_as_json = is_json(root)
        self.planned: dict[str, list[Key]] = {}
        for instance in instances:
            if not instance.module:
                name = f"{instance.type}.{instance.name}"
                block_name = f"data.{name}" if instance.mode == "data" else name
                self.planned.setdefault(block_name, []).append(instance.key)

    def keys(self, block: str) -> dict[Key, Names]:
        """Return the instances that the plan lists, with what `each` and `count` mean in each."""
        found = self._keys.get(block)
        if found is None:
            body, listed = self.block(block) or {}, self.planned.get(block, [None])
            over = self.evaluate(body["for_each"], {}) if "for_each" in body else None
            found = {}
            for key in listed:
                value = over.get(key, _OPAQUE) if isinstance(over, dict) else key if isinstance(over, list) else _OPAQUE
                each = {"each": {"key": key, "value": value}} if isinstance(key, str) else {}
                found[key] = {"count": {"index": key}} if isinstance(key, int) else each
            self._keys[block] = found
        return found

    def value_or_none(self, expression: Any, instance: Instance) -> Value:
        """Return what an expression of the root module gives, None where the plan does not keep all of it."""
        if not self.written_as_json or instance.module or not is_template(expression):
            return None
        name = f"{instance.type}.{instance.name}"
        names = self.keys(f"data.{name}" if instance.mode == "data" else name).get(instance.key, {})
        found = self._argument(expression["constant_value"], names)
        return None if any(isinstance(symbol, Unknown) for symbol in symbols(found)) else found


def is_json(root: Any) -> bool:
    """Tell whether a module is written in JSON syntax: only there text and references stand side by side."""
    todo = [root.get("resources")] if isinstance(root, dict) else []
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if "constant_value" in part:
                if "references" in part and is_template(part):
                    return True
            else:
                todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return False


def without_templates(expression: Any) -> Any:
    """Return an expression whose `constant_value` is really constant: text with references in it is none."""
    if is_template(expression) and "references" in expression:
        return {"references": expression["references"]}
    return expression


def is_template(expression: Any) -> bool:
    """Tell whether an expression is kept as text that has references in it."""
    return isinstance(expression, dict) and _has_template(expression.get("constant_value"))


def _has_template(value: Any) -> bool:
    if isinstance(value, str):
        return "${" in value or "%{" in value
    if isinstance(value, dict):
        return any(_has_template(part) for part in value.values())
    return isinstance(value, list) and any(_has_template(part) for part in value)


def _raw(expression: Any) -> Any:
    """Return a block of expressions as it was written; what is not kept is unknown."""
    if isinstance(expression, list):
        return [_raw(part) for part in expression]
    if isinstance(expression, dict):
        if "constant_value" in expression:
            return expression["constant_value"]
        if isinstance(expression.get("references"), list):
            return _OPAQUE
        return {name: _raw(part) for name, part in expression.items()}
    return expression

"""Holds raw answers against botocore's service models: no member that the model does not know, none of another type."""

from __future__ import annotations

import json
from typing import Any

from botocore.model import OperationModel, Shape

_TYPES = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float),
          "timestamp": (int, float, str), "blob": str}  # fmt: skip


def watch(client: Any) -> None:
    """Check every answer of this client before botocore reads it: its reader passes over what it does not know."""
    client.meta.events.register("before-parse", _check)


def _check(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    if operation_model.service_model.protocol not in ("json", "rest-json") or response_dict["status_code"] >= 400:
        return
    body = json.loads(response_dict["body"] or b"{}")
    shape = operation_model.output_shape
    found = unfit(shape, body, operation_model.name) if shape else [f"{operation_model.name}: {body}"] * bool(body)
    assert not found, "\n".join(found)


def unfit(shape: Any, value: Any, where: str) -> list[str]:
    """Return what of a JSON value does not fit its shape."""
    if value is None:
        return [f"{where} is null"]
    if shape.type_name == "structure":
        return _structure(shape, value, where)
    if shape.type_name == "list":
        listed = value if isinstance(value, list) else [value]
        wrong = [] if isinstance(value, list) else [f"{where} is no list"]
        return wrong + [one for i, item in enumerate(listed) for one in unfit(shape.member, item, f"{where}[{i}]")]
    if shape.type_name == "map":
        return [one for key, item in value.items() for one in unfit(shape.value, item, f"{where}.{key}")]
    if not isinstance(value, _TYPES[shape.type_name]):
        return [f"{where} is a {type(value).__name__}, not a {shape.type_name}"]
    return [f"{where} is '{value}', not one of {shape.enum}"] if _is_strange(shape, value) else []


def _structure(shape: Any, value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no structure"]
    names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    wrong = [f"{where}.{name} is not in the model" for name in value if name not in names]
    wrong += [f"{where}.{name} is missing" for name in shape.required_members if name not in value]
    return wrong + [
        one for name, member in names.items() if name in value for one in unfit(member, value[name], f"{where}.{name}")
    ]


def _is_strange(shape: Shape, value: Any) -> bool:
    allowed = getattr(shape, "enum", None)
    return bool(allowed) and value not in allowed

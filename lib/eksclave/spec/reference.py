"""The reference page of the spec, made from its types: `python -m eksclave.spec.reference`."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from eksclave.spec.model import ClusterSpec

KINDS = {str: "text", int: "whole number", bool: "true or false", Any: "any value"}


def reference() -> str:
    """Return the page as Markdown: one table per part of the spec, in the order of the file."""
    lines = [
        "# The spec",
        "",
        "One YAML file per cluster. Three fields are needed: `name`, `region`, `account`. "
        "This page is generated from the types by `make docs`.",
    ]
    for path, model in _parts(ClusterSpec, ""):
        lines += ["", f"## {path or 'the file'}", "", (model.__doc__ or "").strip(), ""]
        lines += ["| field | value | when left out | meaning |", "|---|---|---|---|"]
        lines += [_row(name, field) for name, field in model.model_fields.items()]
    return "\n".join(lines) + "\n"


def _parts(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        for inner, mark in _models(field.annotation):
            yield from _parts(inner, f"{path}.{name}{mark}".lstrip("."))


def _models(annotation: Any, mark: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, mark
        return
    origin = typing.get_origin(annotation)
    deeper = {tuple: "[]", dict: ".NAME"}.get(origin, mark) if origin else mark
    for argument in typing.get_args(annotation):
        yield from _models(argument, deeper)


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{name}`", _kind(field.annotation), _default(field), field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default in ((), {}):
        return ""
    if isinstance(default, BaseModel):
        return "see below"
    return f"`{json.dumps(default)}`"


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{json.dumps(one).strip(chr(34))}`" for one in arguments)
    if origin in (typing.Union, types.UnionType):
        kinds = dict.fromkeys(_kind(one) for one in arguments if one is not type(None))
        return " or ".join(kinds)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"{_kind(arguments[1])} by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "fields, see below"
    return KINDS.get(annotation, "text")


if __name__ == "__main__":
    print(reference(), end="")

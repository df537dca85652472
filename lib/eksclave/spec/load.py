"""Read a spec: every mistake at once, each with file, line, the bad value and the fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eksclave.errors import InputError, Mistake, did_you_mean
from eksclave.spec.base import Facts
from eksclave.spec.model import ClusterSpec
from eksclave.spec.yaml_nodes import Document, read_document
from eksclave.spec.yaml_nodes import Path as ValuePath


@dataclass(frozen=True)
class SpecFile:
    """A spec and where each of its fields stands."""

    spec: ClusterSpec
    document: Document

    def mistake(self, path: str, said: str, fix: str = "") -> Mistake:
        """Return a mistake at a dotted path such as `node_groups[0].zones`."""
        return Mistake(self.document.place(_parts(path)), path, said, fix)


def load(path: str | Path, facts: Facts | None = None) -> ClusterSpec:
    """Return the spec in this YAML file; raise `InputError` with every mistake in it."""
    return load_file(path, facts).spec


def load_file(path: str | Path, facts: Facts | None = None) -> SpecFile:
    """Return the spec with its positions. With `facts`, regions, versions, add-ons and services are checked too."""
    return parse(read_text(path), str(path), facts)


def read_text(path: str | Path) -> str:
    """Return the text of a file; raise `InputError` where it cannot be read."""
    file = Path(path)
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError([Mistake(str(path), "", "there is no such file", "'eksclave new' writes one")]) from None
    except IsADirectoryError:
        raise InputError([Mistake(str(path), "", "this is a folder", "name one YAML file")]) from None
    except UnicodeDecodeError:
        raise InputError([Mistake(str(path), "", "the file is not UTF-8 text")]) from None
    except OSError as wrong:
        raise InputError([Mistake(str(path), "", f"the file cannot be read: {wrong.strerror}")]) from None


def parse(text: str, file: str, facts: Facts | None = None) -> SpecFile:
    """Return the spec in this text; `file` is only for messages."""
    document = read_document(text, file)
    if not isinstance(document.value, dict):
        raise InputError([Mistake(f"{file}:1", "", "a spec is a mapping of fields", "begin with 'name: …'")])
    try:
        spec = ClusterSpec.model_validate(document.value, context=facts)
    except ValidationError as wrong:
        raise InputError(sorted(set(_mistakes(wrong, document)), key=_file_order)) from None
    return SpecFile(spec, document)


def _file_order(mistake: Mistake) -> tuple[int, str]:
    return int(mistake.where.rpartition(":")[2]), mistake.path


def _mistakes(wrong: ValidationError, document: Document) -> Iterator[Mistake]:
    errors = [(_path(error), error) for error in wrong.errors()]
    for path, error in errors:
        if error["type"] == "too_short" and any(other[: len(path)] == path != other for other, _ in errors):
            continue  # its items are wrong one by one; only that is worth saying
        said, fix = _say(error, path)
        yield Mistake(document.place(path), dotted(path), said, fix)


def _path(error: ErrorDetails) -> ValuePath:
    """Return the path as the user wrote it, without pydantic's marks for keys and for the branches of a choice."""
    return tuple(part for part in error["loc"] if part not in ("[key]", "count", "names"))


def _say(error: ErrorDetails, path: ValuePath) -> tuple[str, str]:
    value, kind = error["input"], error["type"]
    shown = f"'{getattr(value, 'text', value)}'" if not isinstance(value, dict | list) else _kind(value)
    limits = error.get("ctx", {})
    match kind:
        case "missing":
            return "is missing", _expected(path)
        case "extra_forbidden":
            known = _fields_at(path[:-1])
            return f"no field is called '{path[-1]}'", did_you_mean(
                str(path[-1]), known
            ) or f"known: {', '.join(known)}"
        case "literal_error":
            allowed = str(limits["expected"]).replace(" or ", ", ").replace("'", "")
            if path == ("public_endpoint",):
                return (
                    f"{shown}: the API of an eksclave cluster is never public",
                    "remove the field; see access for ways in",
                )
            return f"{shown} is not one of {allowed}", did_you_mean(str(value), allowed.split(", "))
        case "value_error":
            said, _, fix = str(limits["error"]).partition("; ")
            return said, fix
        case "too_short":
            return f"has {limits['actual_length']} of the {limits['min_length']} that it needs at least", ""
        case "greater_than_equal" | "less_than_equal":
            bound = limits.get("ge", limits.get("le"))
            return f"{shown} is out of range", f"it must be {'at least' if 'ge' in limits else 'at most'} {bound}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{shown} is not a mapping of fields", "write its fields below it, indented"
        case "tuple_type" | "list_type":
            return f"{shown} is not a list", "write each item on a line of its own with '- ' before it"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{shown} is not a whole number", ""
        case "bool_type" | "bool_parsing":
            return f"{shown} is neither true nor false", ""
        case "string_type":
            return f"{shown} is not text", f'write it in quotes: "{getattr(value, "text", value)}"' if _scalar(
                value
            ) else ""
        case _:
            return f"{shown}: {error['msg'][:1].lower()}{error['msg'][1:]}", ""


def _scalar(value: Any) -> bool:
    return isinstance(value, int | float)


def _kind(value: Any) -> str:
    return "a mapping" if isinstance(value, dict) else "a list"


def _expected(path: ValuePath) -> str:
    model = _model_at(path[:-1])
    told = model.model_fields[str(path[-1])].description if model and str(path[-1]) in model.model_fields else None
    return f"write '{path[-1]}: …' ({told})" if told else f"write '{path[-1]}: …'"


def _fields_at(path: ValuePath) -> list[str]:
    model = _model_at(path)
    return sorted(model.model_fields) if model else []


def _model_at(path: ValuePath) -> type[BaseModel] | None:
    """Return the model that describes the mapping at this path."""
    model: Any = ClusterSpec
    for part in path:
        if isinstance(part, int):
            continue
        if isinstance(model, type) and issubclass(model, BaseModel):
            known = model.model_fields.get(str(part))
            model = known.annotation if known else None
        model = _inner(model)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """Return the model inside `X | None`, `tuple[X, ...]` or `dict[str, X]`, or the annotation itself."""
    found = [arg for arg in getattr(annotation, "__args__", ()) if arg not in (type(None), ..., str)]
    return _inner(found[-1]) if found else annotation


def dotted(path: ValuePath) -> str:
    """Return `node_groups[0].name` for a path."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _parts(path: str) -> ValuePath:
    found: list[str | int] = []
    for part in path.replace("[", ".[").split("."):
        if part.startswith("[") and part.endswith("]") and part[1:-1].isdigit():
            found.append(int(part[1:-1]))
        elif part:
            found.append(part.strip("[]"))
    return tuple(found)

"""YAML read as plain values with the line of each, safe against bombs: aliases count each time they are used."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from eksclave.errors import InputError, Mistake

MAX_BYTES = 1_000_000
MAX_VALUES = 50_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]


class Number(float):
    """A number that remembers how it was written, for messages (`1.30` is read as 1.3)."""

    text: str

    def __new__(cls, value: float, text: str) -> Number:
        number = super().__new__(cls, value)
        number.text = text
        return number


class Whole(int):
    """A whole number that remembers how it was written (`012` is read as 12)."""

    text: str

    def __new__(cls, value: int, text: str) -> Whole:
        number = super().__new__(cls, value)
        number.text = text
        return number


@dataclass
class Document:
    """The values of one YAML document, and the line (from 1) of each path."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of this path, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, path: Path) -> str:
        """Return `FILE:LINE` of a path."""
        return f"{self.file}:{self.line(path)}"


def read_document(text: str, file: str) -> Document:
    """Return the one document in this text; raise `InputError` where it is not a single safe YAML document."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    def refuse(said: str, fix: str = "", line: int = 1) -> InputError:
        return InputError([Mistake(f"{file}:{line}", "", said, fix)])

    if len(text) > MAX_BYTES:
        raise refuse(f"the file has {len(text)} characters, more than {MAX_BYTES}", "a spec is a page or two")
    loader = YAML(typ="safe", pure=True)
    try:
        nodes = list(loader.compose_all(text))
    except MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise refuse(f"this is not YAML: {wrong.problem or wrong.context}", line=line) from None
    except (YAMLError, ValueError, RecursionError) as wrong:
        raise refuse(f"this is not YAML: {str(wrong).splitlines()[0]}") from None
    nodes = [node for node in nodes if node is not None]
    if not nodes:
        raise refuse("the file is empty", "'eksclave new' writes one to start from")
    if len(nodes) > 1:
        raise refuse(
            "the file holds more than one document", "write one file per cluster", nodes[1].start_mark.line + 1
        )
    document = Document(file)
    document.value = _Reader(document, loader.constructor).value(nodes[0], (), ())
    return document


class _Reader:
    """Walks the node tree once, within bounds."""

    def __init__(self, document: Document, constructor: Any) -> None:
        self.document, self.constructor, self.seen = document, constructor, 0

    def refuse(self, node: Any, said: str, fix: str = "") -> InputError:
        return InputError([Mistake(f"{self.document.file}:{node.start_mark.line + 1}", "", said, fix)])

    def value(self, node: Any, path: Path, around: tuple[int, ...]) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode

        self.seen += 1
        if self.seen > MAX_VALUES:
            raise self.refuse(node, f"the file unfolds to more than {MAX_VALUES} values", "use fewer aliases")
        if id(node) in around:
            raise self.refuse(node, "an alias contains itself")
        if len(around) > MAX_DEPTH:
            raise self.refuse(node, f"values are nested deeper than {MAX_DEPTH}")
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        around = (*around, id(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, path, around)
        return [self.value(item, (*path, index), around) for index, item in enumerate(node.value)]

    def scalar(self, node: Any) -> Any:
        try:
            value = self.constructor.construct_object(node, deep=True)
        except Exception as wrong:  # each scalar tag raises errors of its own kind
            raise self.refuse(node, f"'{node.value}' cannot be read: {str(wrong).splitlines()[0]}") from None
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return value
        if isinstance(value, int):
            return Whole(value, node.value)
        if isinstance(value, float):
            return Number(value, node.value)
        return str(node.value)

    def mapping(self, node: Any, path: Path, around: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.value == "<<" and key_node.tag.endswith(":merge"):
                raise self.refuse(key_node, "merge keys ('<<') are not read here", "write the fields out")
            key = self.scalar(key_node) if isinstance(key_node.value, Hashable) else None
            name = str(getattr(key, "text", key))
            if key is None or isinstance(key_node.value, list):
                raise self.refuse(key_node, "a field's name must be text")
            if name in values:
                raise self.refuse(key_node, f"'{name}' stands twice here", "remove one")
            self.document.lines[(*path, name)] = key_node.start_mark.line + 1
            values[name] = self.value(value_node, (*path, name), around)
        return values

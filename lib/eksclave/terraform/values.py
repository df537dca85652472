"""Values as Terraform knows them before apply: literals, and four kinds of "not known yet" that keep their origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

type_aliases = (
    "Value is None | bool | int | float | str | list[Value] | dict[str, Value] | Ref | AnyOf | Unknown | Sensitive"
)
Value = Any  # recursive JSON with symbols; see `type_aliases`

Path = tuple[str | int, ...]
_WORD = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The value that apply will give to one attribute of one resource: `aws_vpc.main` `id`.

    A resource's own attribute that the provider computes and nobody configured is a Ref to itself.
    """

    address: str
    path: Path = ()

    def __str__(self) -> str:
        return self.address + render(self.path)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these values, the plan does not say which: a consumer proves for every choice or answers unknown."""

    candidates: tuple[Value, ...]
    reason: str = ""

    def __str__(self) -> str:
        return "one of " + ", ".join(map(str, self.candidates))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told before apply, with the reason and what it was made of."""

    reason: str
    references: tuple[Ref, ...] = ()

    def __str__(self) -> str:
        return "(known after apply)"


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A value that must never be printed. `value` is for decisions only (a policy is read even where it is marked)."""

    value: Value = field(repr=False)

    def __str__(self) -> str:
        return "(sensitive)"


def render(path: Path) -> str:
    """Return a path as Terraform writes it: `.vpc_config[0].subnet_ids`, `["key"]` where the key is no word."""
    said = ""
    for step in path:
        if isinstance(step, int):
            said += f"[{step}]"
        else:
            said += f".{step}" if _WORD.match(step) else f'["{step}"]'
    return said


def is_symbolic(value: Value) -> bool:
    """Tell whether this very value (not its parts) is not known yet."""
    return isinstance(value, (Ref, AnyOf, Unknown))


def plain(value: Value) -> Value:
    """Return the value without its sensitivity mark: for decisions, never for output."""
    return value.value if isinstance(value, Sensitive) else value


def symbols(value: Value) -> Iterator[Ref | AnyOf | Unknown]:
    """Yield every symbol inside a value."""
    todo: list[Value] = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, (Ref, AnyOf, Unknown)):
            yield part
        elif isinstance(part, Sensitive):
            todo.append(part.value)
        elif isinstance(part, dict):
            todo.extend(part.values())
        elif isinstance(part, (list, tuple)):
            todo.extend(part)


def dig(value: Value, path: Iterable[str | int]) -> Value:
    """Return what stands at a path inside a value; a symbol on the way gives the symbol of the rest; missing is None.

    Terraform shows a block of at most one as a list of one: a word step into such a list looks into its element.
    """
    for step in path:
        value = plain(value)
        if isinstance(value, Ref):
            value = Ref(value.address, (*value.path, step))
        elif isinstance(value, AnyOf):
            value = AnyOf(tuple(dig(candidate, (step,)) for candidate in value.candidates), value.reason)
        elif isinstance(value, Unknown):
            return value
        elif isinstance(value, dict):
            if isinstance(step, int) and step not in value and str(step) not in value:
                continue  # synthesized JSON writes a block of at most one as an object
            value = value.get(step if step in value else str(step))
        elif isinstance(value, list):
            if isinstance(step, str) and step.isdigit():
                step = int(step)
            if isinstance(step, int):
                value = value[step] if -len(value) <= step < len(value) else None
            else:
                value = dig(value[0], (step,)) if len(value) == 1 else None
        else:
            return None
    return value

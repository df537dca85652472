"""A decorator for frozen dataclasses that are cheap to make: `prove` imports some fifty of them before it reads a byte.

`dataclass(frozen=True)` compiles six methods per class, which takes a millisecond; here only `__init__` is compiled and
the rest is shared. Facts behave like frozen dataclasses otherwise: `replace`, `fields`, equality and hash by value.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fact(cls: type[T]) -> type[T]:
    """Make the class a frozen dataclass."""
    for one in (__eq__, __hash__, __repr__, __setattr__, __delattr__):
        setattr(cls, one.__name__, one)
    return dataclass(repr=False, eq=False)(cls)


def __eq__(self: Any, other: object) -> bool:
    return NotImplemented if other.__class__ is not self.__class__ else self.__dict__ == other.__dict__


def __hash__(self: Any) -> int:
    return hash((self.__class__, *self.__dict__.values()))


def __repr__(self: Any) -> str:
    return f"{self.__class__.__qualname__}({', '.join(f'{key}={value!r}' for key, value in self.__dict__.items())})"


def __setattr__(self: Any, name: str, value: object) -> None:
    if name in self.__dict__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    self.__dict__[name] = value


def __delattr__(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")

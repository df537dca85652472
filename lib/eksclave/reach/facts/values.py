"""Where a fact came from, and values that are known, one of several candidates, or unknown with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)

HOLE = "\x00"
"""Stands inside a text for a part that is not known before apply: `arn:aws:s3:::\\x00/*`. It may be any text, also
empty."""


@dataclass(frozen=True, order=True)
class Origin:
    """The place in the input that states a fact: a Terraform address, the construct's path and the attribute.

    `address` is what the report prints (`module.vpc.aws_subnet.private[0]`), also for things that AWS makes by itself
    (`aws_vpc.main (default network ACL)`); `attribute` points inside (`ingress[2]`), empty for the whole resource.
    """

    address: str
    construct: str | None = None
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be known from the input; `reason` completes the sentence "not known: ...\""""

    reason: str


AFTER_APPLY = Unknown("known after apply")
NOT_IN_INPUT = Unknown("not in the input")


@dataclass(frozen=True)
class OneOf(Generic[T_co]):
    """A value that is exactly one of these candidates; what is proved must hold for every one of them."""

    candidates: tuple[T_co, ...]
    reason: str

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("a choice needs at least one candidate")


Value: TypeAlias = T | OneOf[T] | Unknown
"""Known (the bare value), one of several candidates, or unknown."""


def choices(value: Value[T]) -> tuple[T, ...] | None:
    """Return every value that this may be, or None where it may be anything."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, OneOf):
        return value.candidates  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return (value,)


def is_known(value: object) -> bool:
    """Tell whether this is one plain value."""
    return not isinstance(value, (Unknown, OneOf))


def why_unknown(value: object) -> str:
    """Return the reason why this is not one plain value, or an empty string where it is."""
    return value.reason if isinstance(value, (Unknown, OneOf)) else ""  # pyright: ignore[reportUnknownMemberType]


def decide(value: Value[T], holds: Callable[[T], bool]) -> bool | None:
    """Return whether every candidate (True) or no candidate (False) meets the test; None where it is open."""
    found = choices(value)
    if found is None:
        return None
    answers = {holds(one) for one in found}
    return answers.pop() if len(answers) == 1 else None


def known_or(value: Value[T], other: U) -> T | U:
    """Return the plain value, or `other` where it is not known for certain."""
    return other if isinstance(value, (Unknown, OneOf)) else value

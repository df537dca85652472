"""What is asked of an expression: where it stands, what may come of it, what was assumed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eksclave.terraform.kinds import Kind
from eksclave.terraform.scope import Instance, Key, Scope
from eksclave.terraform.values import Value
from eksclave.terraform.words import Lost, words


@dataclass(frozen=True)
class Place:
    """Where an expression stands: its module instance, and what `each` and `count` mean there.

    `siblings` are the keys of the block's instances that do not know the attribute either; `words` are those of the
    instance's key, and of a record's name. `block` is the block's name, `equal` tells that its instances differ in
    nothing that is known.
    """

    scope: Scope
    key: Key = None
    for_each: Any = None
    siblings: tuple[Key, ...] = ()
    words: frozenset[str] = frozenset()
    block: str = ""
    equal: bool = False


@dataclass(frozen=True)
class Want:
    """What the attribute that was set can hold, and what an index that was lost on the way may have been."""

    kind: Kind | None
    plural: bool
    lost: tuple[Lost, ...] = ()
    only: bool = False  # nothing else can take what the expression names: several lists are joined
    whole: bool = False  # several lists alone are joined: nobody writes a fallback for this attribute
    said: frozenset[str] = frozenset()  # what the resource is for, in words
    vpc: Value = None  # the VPC that it is in, where it says so
    apart: bool = False  # no two subnets of one zone may be in the list
    count: int | None = None  # how many members the list has, where a root output shows it


@dataclass
class Trail:
    """What was assumed on the way, and what is being followed (expressions may lead in circles).

    `spent` are words that have chosen the instance of a module: they cannot choose once more, inside or outside of it.
    """

    notes: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    alone: set[tuple[str, str]] = field(default_factory=set)
    """Locals that only one thing can be: their module has no other of the kind that their name tells."""
    following: list[tuple[Any, ...]] = field(default_factory=list)


def instance_place(instance: Instance, attribute: str | int = "") -> Place:
    """Return where the expressions of an instance stand; its siblings are those that do not know this attribute."""
    assert instance.scope is not None
    name = f"{instance.type}.{instance.name}"
    block = instance.scope.instances.get(name if instance.mode == "managed" else f"data.{name}", {})
    siblings = tuple(key for key, one in block.items() if isinstance(one.unknown, dict) and one.unknown.get(attribute))
    said = [instance.key, instance.after.get("name") if instance.type == "aws_route53_record" else None]
    own = frozenset(word for one in said if isinstance(one, str) for word in words(one))
    first = _known(instance)
    equal = all(_known(block[key]) == first for key in siblings)
    return Place(instance.scope, instance.key, instance.block.get("for_each_expression"), siblings, own, name, equal)


def _known(instance: Instance) -> dict[str, Any]:
    return {name: value for name, value in instance.after.items() if name not in ("description", "tags", "tags_all")}

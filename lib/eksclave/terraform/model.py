"""One world of resources, whatever it was read from: the interface between the readers and the network facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from eksclave.terraform.values import AnyOf, Path, Ref, Sensitive, Unknown, Value, dig, plain

NAMED_BY = ("id", "arn", "name")  # attributes that stand for the whole resource in other resources


@dataclass(frozen=True, order=True)
class Note:
    """Something about the input that a report must say: an assumption a reader made, or a part it could not read."""

    address: str
    attribute: str
    text: str
    kind: str = "assumption"
    """Or `unread`; `plain` where nothing is assumed; `whole` where a list of places may be shorter than was read."""

    def __str__(self) -> str:
        place = f"{self.address}.{self.attribute}" if self.attribute else self.address
        return f"{place}: {self.text}" if place else self.text


@dataclass(frozen=True)
class Resource:
    """One managed resource or data source as it will be after apply."""

    address: str  # unique in the world; prefixed with `LABEL:` where two inputs use the same address
    mode: str  # "managed" or "data"
    type: str
    name: str
    values: Mapping[str, Value] = field(repr=False)
    index: str | int | None = None
    module: str = ""  # address of the module instance, empty for the root
    provider: str = ""  # full name of the provider, `registry.terraform.io/hashicorp/aws`
    region: str | None = None
    source: str = ""  # label of the input: the stack's name or the file
    construct: str | None = None  # CDK construct path
    action: str = "no-op"  # create, update, replace, read, no-op
    configured: frozenset[str] | None = None  # attributes that the configuration sets; None where it is not known
    waits_for: tuple[str, ...] = ()  # addresses of resources that Terraform finishes first
    foreign: bool = False  # written in a module from a registry or a repository, which the author cannot edit

    def get(self, *path: str | int) -> Value:
        """Return the value at a path, without its sensitivity mark; None where it is absent."""
        return plain(dig(self.values, path))

    def block(self, name: str) -> Mapping[str, Value]:
        """Return the one block (or object) of this name, empty where it is absent or not known."""
        value = self.get(name)
        if isinstance(value, list):
            value = plain(value[0]) if value else None
        return value if isinstance(value, dict) else {}

    def blocks(self, name: str) -> list[Mapping[str, Value]]:
        """Return all blocks of this name that are known."""
        value = self.get(name)
        if isinstance(value, dict):
            return [value]
        return [plain(part) for part in value if isinstance(plain(part), dict)] if isinstance(value, list) else []

    def computed(self, name: str) -> bool:
        """Tell whether nobody configured this attribute and the provider will fill it in."""
        return self.values.get(name) == Ref(self.address, (name,))

    @property
    def at(self) -> str:
        """The address without the input's label, as Terraform itself prints it."""
        prefix = f"{self.source}:"
        return self.address[len(prefix) :] if self.address.startswith(prefix) else self.address


@dataclass(frozen=True, order=True)
class Destroyed:
    """A resource that a plan destroys and does not make anew; `service` is that of a VPC endpoint."""

    address: str
    type: str
    service: str = ""


@dataclass(frozen=True)
class World:
    """Every resource of every input, joined."""

    resources: Mapping[str, Resource]
    outputs: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)  # by input label, then by output name
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # planned actions by address, deletions too
    notes: tuple[Note, ...] = ()
    sources: tuple[str, ...] = ()
    destroyed: tuple[Destroyed, ...] = ()
    partial: tuple[str, ...] = ()  # labels of plans that leave things out (-target, deferred changes)

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            found.setdefault(resource.type, []).append(resource)
        return found

    def of(self, *types: str, mode: str | None = "managed") -> list[Resource]:
        """Return the resources of these types in order of address; `mode=None` gives data sources too."""
        found = [r for kind in types for r in self._by_type.get(kind, ()) if mode is None or r.mode == mode]
        return sorted(found, key=lambda resource: resource.address) if len(types) > 1 else found

    def types(self) -> set[str]:
        """Return the types that occur."""
        return set(self._by_type)

    def resolve(self, value: Value, seen: frozenset[Ref] = frozenset()) -> Value:
        """Follow references as far as they lead: to a literal, or to the attribute that only apply will know."""
        value = plain(value)
        if isinstance(value, AnyOf):
            choices = _distinct(self.resolve(candidate, seen) for candidate in value.candidates)
            return choices[0] if len(choices) == 1 else AnyOf(tuple(choices), value.reason)
        if not isinstance(value, Ref):
            return value
        if value in seen:
            return Unknown(f"{value} refers to itself")
        target = self.resources.get(value.address)
        if target is None:
            return value
        found = dig(target.values, value.path) if value.path else None
        if found is None or found == value:
            return value
        known = self.resolve(found, seen | {value})
        if isinstance(known, Unknown) and value.path[-1] in NAMED_BY:
            return value  # what it is called is not known yet, which thing it is, is
        return known

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Real identifiers (`subnet-0a1b`, an ARN) by the address that they belong to: what joins states by id."""
        found: dict[str, str] = {}
        for mode in ("data", "managed"):  # managed last: the owner wins over those who only read
            for resource in self.resources.values():
                if resource.mode == mode:
                    for name in ("id", "arn"):
                        literal = resource.get(name)
                        if isinstance(literal, str) and literal and _identifies(literal):
                            found[f"{_family(resource.type)}/{literal}"] = resource.address
        return found

    def identity(self, value: Value, *types: str) -> str | None:
        """Return the stable name of what a value points to, or None where it is not one single thing.

        An address where the thing is in the world, `ADDRESS.attribute` for what AWS makes beside a resource (a VPC's
        default security group), the literal itself for what is outside. A literal is looked up among `types`.
        """
        value = self.resolve(value)
        if isinstance(value, Sensitive):
            value = value.value
        if isinstance(value, Ref):
            if value.path and value.path[-1] not in NAMED_BY and value.path[-1] not in _IDENTIFIERS:
                return str(value)
            return value.address if len(value.path) <= 1 else str(value)
        if isinstance(value, str) and value:
            for kind in types:
                owner = self.aliases.get(f"{_family(kind)}/{value}")
                if owner is not None:
                    return owner
            return value
        return None

    def identities(self, value: Value, *types: str) -> list[str] | None:
        """Return the names in a list value, None where the list or one of its members is not known."""
        value = self.resolve(value)
        if value is None:
            return []
        if not isinstance(value, list):
            return None if isinstance(value, (AnyOf, Unknown, Ref)) else [str(value)]
        names = [self.identity(member, *types) for member in value]
        return None if None in names else [name for name in names if name is not None]

    def notes_on(self, address: str) -> Iterator[Note]:
        """Yield what the readers noted about one resource."""
        return (note for note in self.notes if note.address == address)


_IDENTIFIERS = frozenset({"zone_id", "allocation_id", "association_id", "cluster_name", "vpc_endpoint_id"})


def _family(kind: str) -> str:
    """`aws_default_vpc` adopts what `aws_vpc` makes: literals are looked up in one family."""
    return kind.replace("aws_default_", "aws_")


def _identifies(literal: str) -> bool:
    """A name such as `prod` is no identifier over several accounts; `vpc-0a1b` and an ARN are."""
    return literal.startswith("arn:") or "-" in literal


def _distinct(values: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def child(path: Path, step: str | int) -> Path:
    """Return the path one step deeper."""
    return (*path, step)

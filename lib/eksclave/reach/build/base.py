"""What every builder needs: keys of things, and Terraform's values in the snapshot's own kinds of known and unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from ipaddress import ip_network
from typing import Any, TypeVar

from eksclave.catalog.image_fields import DEFAULT_PATHS
from eksclave.reach.build.again import read_again
from eksclave.reach.facts import network
from eksclave.reach.facts.groups import cluster_group_key
from eksclave.reach.facts.values import AFTER_APPLY, HOLE, OneOf, Origin, Unknown, Value
from eksclave.terraform.model import Resource, World
from eksclave.terraform.values import AnyOf, Ref, plain
from eksclave.terraform.values import Unknown as NotKnown

T = TypeVar("T")

VPC = ("aws_vpc",)
SUBNET = ("aws_subnet",)
GROUP = ("aws_security_group",)
TABLE = ("aws_route_table",)
NACL = ("aws_network_acl",)
_MADE_BESIDE = {  # attributes of a VPC that name what AWS makes with it, and how its key ends
    "main_route_table_id": "#main-route-table",
    "default_route_table_id": "#default-route-table",
    "default_network_acl_id": "#default-network-acl",
    "default_security_group_id": "#default-security-group",
}
_ADOPTED_BY = {
    "default_route_table_id": ("aws_default_route_table", "default_route_table_id"),
    "default_network_acl_id": ("aws_default_network_acl", "default_network_acl_id"),
}


class Build:
    """One world on its way to a snapshot."""

    def __init__(self, world: World, image_paths: Mapping[str, tuple[str, ...]] = DEFAULT_PATHS) -> None:
        self.world, self.image_paths = world, image_paths
        self.unread: list[tuple[str, str]] = []
        self.assumed: list[tuple[str, str, str]] = []
        self.direct: dict[str, frozenset[str]] = {}  # what each resource waits for, filled in by `order`

    def of(self, *types: str, data: bool = False) -> list[Resource]:
        """Return the resources of these types, with data sources where asked."""
        return self.world.of(*types, mode=None if data else "managed")

    @cached_property
    def renamed(self) -> dict[str, str]:
        """What AWS makes beside a VPC or a cluster, by every way to refer to it, to its one key."""
        found: dict[str, str] = {}
        for vpc in self.of("aws_vpc", "aws_default_vpc", data=True):
            if self.identity(Ref(vpc.address, ("id",)), *VPC) != vpc.address:
                continue
            for attribute, ending in _MADE_BESIDE.items():
                if attribute == "main_route_table_id":
                    continue
                key = self._adopter(vpc, attribute) or f"{vpc.address}{ending}"
                self._rename(found, vpc, attribute, key)
            main = found[f"{vpc.address}.default_route_table_id"]
            main = self._main_tables.get(vpc.address, main)
            self._rename(found, vpc, "main_route_table_id", main)
        for cluster in self.of("aws_eks_cluster", data=True):
            key = cluster_group_key(self.cluster_address(cluster))
            path = "vpc_config[0].cluster_security_group_id"
            found[f"{cluster.address}.{path}"] = key
            found[f"{cluster.address}.vpc_config.cluster_security_group_id"] = key
            literal = cluster.block("vpc_config").get("cluster_security_group_id")
            if isinstance(literal, str) and literal:
                found[literal] = key
        return found

    @cached_property
    def instances(self) -> dict[str, list[str]]:
        """Addresses by their block's address (without the last index)."""
        found: dict[str, list[str]] = {}
        for address in self.world.resources:
            if address.endswith("]"):
                found.setdefault(address[: address.rindex("[")], []).append(address)
        return found

    @cached_property
    def by_source(self) -> dict[str, list[str]]:
        """Addresses by the input that they were read from."""
        found: dict[str, list[str]] = {}
        for address, resource in self.world.resources.items():
            found.setdefault(resource.source, []).append(address)
        return found

    def _rename(self, found: dict[str, str], vpc: Resource, attribute: str, key: str) -> None:
        found[f"{vpc.address}.{attribute}"] = key
        literal = vpc.get(attribute)
        if isinstance(literal, str) and literal:
            found[literal] = found.get(literal, key)

    def _adopter(self, vpc: Resource, attribute: str) -> str | None:
        """Return the `aws_default_*` resource that took over what AWS made, if there is one."""
        if attribute == "default_security_group_id":
            return self._adopters.get(f"{vpc.address}.{attribute}")
        literal = vpc.get(attribute)
        named = [f"{vpc.address}.{attribute}", literal if isinstance(literal, str) and literal else ""]
        if attribute == "default_route_table_id":
            named.append(f"{vpc.address}.main_route_table_id")
        return next((self._adopters[name] for name in named if name in self._adopters), None)

    @cached_property
    def _adopters(self) -> dict[str, str]:
        """The `aws_default_*` resources by what they say that they take over."""
        found: dict[str, str] = {}
        for group in self.of("aws_default_security_group"):
            owner = self.identity(group.get("vpc_id"), *VPC)
            found.setdefault(f"{owner}.default_security_group_id", group.address)
        for kind, argument in _ADOPTED_BY.values():
            for adopter in self.of(kind):
                found.setdefault(str(self.world.resolve(adopter.get(argument))), adopter.address)
        return found

    @cached_property
    def _main_tables(self) -> dict[str | None, str]:
        """The table that an association makes the main one, by VPC."""
        found: dict[str | None, str] = {}
        for association in self.of("aws_main_route_table_association"):
            table = self.identity(association.get("route_table_id"), *TABLE)
            if table is not None:
                found[self.identity(association.get("vpc_id"), *VPC)] = table
        return found

    @property
    def unclear_main_table(self) -> str | None:
        """A table that is made the main one of a VPC that is not known, if there is any."""
        return self._main_tables.get(None)

    def nearest(self, candidates: list[str], near: Resource | None) -> str:
        """Return the one of several things of one name that a resource means.

        One that it refers to, else one of its own input and Region, else the first.
        """
        if len(candidates) == 1 or near is None:
            return candidates[0]
        referred = [one for one in candidates if one in near.waits_for]
        resources = self.world.resources
        beside = [one for one in candidates if one in resources and resources[one].source == near.source]
        there = [one for one in beside or candidates if one in resources and resources[one].region == near.region]
        return (referred or there or beside or candidates)[0]

    def cluster_address(self, cluster: Resource) -> str:
        """A data source that reads a cluster of this input is that cluster."""
        if cluster.mode != "data":
            return cluster.address
        return read_again(self.world, cluster, self.clusters, self.nearest)

    @cached_property
    def clusters(self) -> dict[str, list[str]]:
        """The clusters by name, id and ARN."""
        found: dict[str, list[str]] = {}
        for cluster in self.of("aws_eks_cluster", data=True):
            names = {cluster.address, cluster.get("name"), cluster.get("id"), cluster.get("arn")}
            for name in sorted(name for name in names if isinstance(name, str)):
                found.setdefault(name, []).append(cluster.address)
        return found

    def identity(self, value: Any, *types: str) -> str | None:
        """Return the world's own name for what a value points to."""
        return self.world.identity(value, *types)

    def key(self, value: Any, *types: str) -> str | None:
        """Return the key of the one thing a value points to, None where it is not one thing."""
        found = self.identity(value, *types)
        return None if found is None else self.renamed.get(found, found)

    def one(self, value: Any, *types: str) -> Value[str]:
        """Return the key that a value points to, a choice of keys, or why it is not known."""
        value = self.world.resolve(value)
        if isinstance(value, AnyOf):
            keys = [self.key(candidate, *types) for candidate in value.candidates]
            distinct = tuple(dict.fromkeys(key for key in keys if key is not None))
            if None in keys or not distinct:
                return Unknown(value.reason or "one of several things, not all of them known")
            return distinct[0] if len(distinct) == 1 else OneOf(distinct, value.reason)
        found = self.key(value, *types)
        return found if found is not None else Unknown(_reason(value))

    def many(self, value: Any, *types: str) -> Value[tuple[str, ...]]:
        """Return the keys in a list value: sorted, once each."""
        value = self.world.resolve(value)
        if value is None:
            return ()
        if isinstance(value, AnyOf):
            lists = [self.many(candidate, *types) for candidate in value.candidates]
            known = [found for found in lists if isinstance(found, tuple)]
            if len(known) < len(lists):
                return Unknown(value.reason or "one of several lists, not all of them known")
            distinct = tuple(dict.fromkeys(known))
            return distinct[0] if len(distinct) == 1 else OneOf(distinct, value.reason)
        if not isinstance(value, list):
            return Unknown(_reason(value))
        return self._members(value, types)

    def _members(self, members: list[Any], types: tuple[str, ...]) -> Value[tuple[str, ...]]:
        lists: list[tuple[str, ...]] = [()]
        reason = ""
        for member in members:
            found = self.one(member, *types)
            if isinstance(found, Unknown):
                return found
            options = found.candidates if isinstance(found, OneOf) else (found,)
            reason = found.reason if isinstance(found, OneOf) else reason
            lists = [(*before, option) for before in lists for option in options][:64]
        distinct = tuple(dict.fromkeys(tuple(sorted(set(one))) for one in lists))
        return distinct[0] if len(distinct) == 1 else OneOf(distinct, reason)

    def text(self, value: Any, default: Value[str] = "") -> Value[str]:
        """Return a text: the default where it is absent, a choice, or why it is not known."""
        return self.typed(value, str, default)

    def flag(self, value: Any, default: bool = False) -> Value[bool]:
        """Return a truth value; provider 5 writes some as text."""
        return self.typed(value, lambda found: found in (True, "true", "enable", "enabled"), default)

    def number(self, value: Any, default: int = 0) -> Value[int]:
        """Return a whole number."""
        return self.typed(value, int, default)

    def typed(self, value: Any, convert: Callable[[Any], T], default: Value[T]) -> Value[T]:
        """Return a value converted; what cannot be converted is unknown."""
        value = self.world.resolve(value)
        if value is None:
            return default
        if isinstance(value, AnyOf):
            options = [self.typed(candidate, convert, default) for candidate in value.candidates]
            if any(isinstance(option, (Unknown, OneOf)) for option in options):
                return Unknown(value.reason)
            return OneOf(tuple(dict.fromkeys(options)), value.reason)  # pyright: ignore[reportReturnType]
        if isinstance(value, (Ref, NotKnown)):
            return Unknown(_reason(value))
        try:
            return convert(value)
        except (ValueError, TypeError):
            return Unknown("written in a form that is not understood")

    def option(self, resource: Resource, name: str) -> Any:
        """Return an attribute, None where nobody configured it (the provider's own default applies)."""
        return None if resource.computed(name) else resource.get(name)

    def cidr(self, value: Any) -> Value[network.Network]:
        """Return a range of addresses."""
        return self.typed(value, lambda found: ip_network(str(found), strict=False), AFTER_APPLY)

    def items(self, value: Any) -> list[Any] | None:
        """Return the members of a list, none where it is absent, None where the list is not known."""
        value = self.world.resolve(value)
        if value is None:
            return []
        if isinstance(value, list):
            return [plain(member) for member in value]
        return None if isinstance(value, (Ref, AnyOf, NotKnown)) else [value]

    def origin(self, resource: Resource, attribute: str = "") -> Origin:
        """Return the place of a fact."""
        return Origin(resource.address, resource.construct, attribute)

    def tags(self, resource: Resource, *names: str) -> tuple[tuple[str, str], ...]:
        """Return the known tags, with those that the provider adds; values that are not known are HOLE."""
        found: dict[str, str] = {}
        for name in names or ("tags", "tags_all"):
            given = resource.get(name)
            if isinstance(given, dict):
                for key, value in given.items():
                    value = plain(value)
                    if value is not None:
                        found[str(key)] = value if isinstance(value, str) else HOLE
        return tuple(sorted(found.items()))

    def tags_incomplete(self, resource: Resource) -> str:
        """Say why there may be more tags; empty where all are known."""
        given = resource.get("tags_all")
        if isinstance(given, dict) or (given is None and not isinstance(resource.get("tags"), (Ref, NotKnown, AnyOf))):
            return ""
        if isinstance(resource.get("tags"), dict):
            return ""
        return "some tags are known only after apply" if isinstance(resource.get("tags"), (Ref, NotKnown)) else ""


def _reason(value: Any) -> str:
    if isinstance(value, NotKnown):
        return value.reason
    return "known after apply" if isinstance(value, Ref) else "not in the input"


def once(found: Iterable[T], name: Callable[[T], str] = lambda one: one.key) -> tuple[T, ...]:  # type: ignore[attr-defined]
    """Return things sorted by key, the first of each key."""
    by_key: dict[str, T] = {}
    for one in found:
        by_key.setdefault(name(one), one)
    return tuple(by_key[key] for key in sorted(by_key))

"""One change at a time to a world of resources: what a careless or hostile edit of the Terraform would do.

Every rule, route, association, endpoint, policy statement, tag and attribute is removed, narrowed, moved or turned round
by itself, found by walking through all values: nothing is listed by hand but what a kind of value can be changed to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from eksclave.terraform.model import Resource, World
from eksclave.terraform.values import Ref

from tests.mutants.documents import is_document, variants

Path = tuple[Any, ...]

WORDS = {
    "protocol": {"tcp": ["udp"], "udp": ["tcp"], "-1": ["tcp", "udp"], "6": ["17"], "17": ["6"], "all": ["tcp"]},
    "action": {"allow": ["deny"], "deny": ["allow"]},
    "type": {"ingress": ["egress"], "egress": ["ingress"]},
    "vpc_endpoint_type": {"Interface": ["Gateway"], "Gateway": ["Interface"]},
}
TURNED = {
    "true": "false",
    "false": "true",
    "enable": "disable",
    "disable": "enable",
    "enabled": "disabled",
    "disabled": "enabled",
}
SAME = {"ip_protocol": "protocol", "rule_action": "action"}
NUMBERS = ("rule_number", "rule_no")
OTHER_POLICY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@dataclass(frozen=True)
class Mutant:
    """A changed world, with what was changed (`aws_subnet.a.cidr_block`) and how."""

    where: str
    how: str
    type: str
    attribute: str
    world: World

    @property
    def name(self) -> str:
        """The change in words."""
        return f"{self.where} {self.how}"


def mutants(world: World) -> Iterator[Mutant]:
    """Yield every mutant of a world."""
    for address, resource in world.resources.items():
        if resource.mode != "managed" or not resource.type.startswith("aws_"):
            continue
        if without := _dropped(world, address):
            yield Mutant(address, "removed", resource.type, "", without)
        for path, value in _leaves(resource.values):
            if path[:1] == ("tags_all",) and "tags" in resource.values:
                continue
            for how, new in _changes(world, resource, path, value):
                yield _with(world, resource, path, new, how)
            if path[-1] == "from_port" and isinstance(value, int):
                yield from _ports(world, resource, path)
        yield from _denied_before(world, resource)


def _with(world: World, resource: Resource, path: Path, new: Any, how: str) -> Mutant:
    values = _put(resource.values, path, new)
    if path[:1] == ("tags",) and isinstance(resource.values.get("tags_all"), dict):
        values = _put(values, ("tags_all", *path[1:]), new)
    changed = replace(resource, values=values)
    where = resource.address + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    attribute = ".".join(str(one) for one in path if not isinstance(one, int))
    return Mutant(where, how, resource.type, attribute, _world(world, {**world.resources, resource.address: changed}))


def _world(world: World, resources: Mapping[str, Resource]) -> World:
    return replace(world, resources=resources)


GONE = object()


def _put(values: Any, path: Path, new: Any) -> Any:
    """Return a copy of nested values with one of them replaced, or taken away."""
    head, *rest = path
    if isinstance(values, Mapping):
        copied: dict[Any, Any] = dict(values)
        if rest:
            copied[head] = _put(copied[head], tuple(rest), new)
        elif new is GONE:
            copied.pop(head, None)
        else:
            copied[head] = new
        return copied
    listed = list(values)
    if rest:
        listed[head] = _put(listed[head], tuple(rest), new)
    elif new is GONE:
        del listed[head]
    else:
        listed[head] = new
    return listed


def _dropped(world: World, address: str) -> World | None:
    """Return the world without a resource, None where another one needs it for more than a member of a list."""
    left = {name: one for name, one in world.resources.items() if name != address}
    for name, one in left.items():
        values: Any = one.values
        for path, value in reversed([*_leaves(values)]):
            if isinstance(value, Ref) and value.address == address:
                if not isinstance(path[-1], int):
                    return None
                values = _put(values, path, GONE)
        left[name] = replace(one, values=values) if values is not one.values else one
    return _world(world, left)


def _leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value with its path, lists and maps too, outer ones first."""
    if path:
        yield path, values
    pairs = values.items() if isinstance(values, Mapping) else enumerate(values) if isinstance(values, list) else ()
    for key, one in pairs:
        yield from _leaves(one, (*path, key))


def _changes(world: World, resource: Resource, path: Path, value: Any) -> Iterator[tuple[str, Any]]:
    key = next((one for one in reversed(path) if isinstance(one, str)), "")
    inside_list = isinstance(path[-1], int)
    if inside_list or (path[0] == "tags" and len(path) > 1):
        yield "removed", GONE
    if isinstance(value, bool):
        yield f"{not value}", not value
    elif isinstance(value, int):
        yield from _numbers(world, key, value)
    elif isinstance(value, Ref):
        yield from _others(world, resource, value)
    elif isinstance(value, str):
        yield from _texts(world, key, value)
    elif isinstance(value, list) and len(value) > 1:
        yield "emptied", []


def _numbers(world: World, key: str, value: int) -> Iterator[tuple[str, Any]]:
    if key in NUMBERS:
        yield "moved to the front", 1
        yield "moved to the end", 32000
    elif key in ("from_port", "to_port"):
        return  # both are changed together
    elif "hop_limit" in key:
        yield "1", 1
    else:
        yield "+1", value + 1


def _ports(world: World, resource: Resource, path: Path) -> Iterator[Mutant]:
    """Yield ranges that lack their first port, or their last; a single port becomes the next one."""
    last = (*path[:-1], "to_port")
    first, end = resource.get(*path), resource.get(*last)
    if not isinstance(end, int) or not 0 < end < 65535 or not isinstance(first, int):
        return
    if first == end:
        moved = _with(world, resource, path, first + 1, "")
        yield replace(_with(moved.world, moved.world.resources[resource.address], last, end + 1, ""), how=f"{end + 1}")
    else:
        yield _with(world, resource, path, first + 1, "+1")
        yield _with(world, resource, last, end - 1, "-1")


def _others(world: World, resource: Resource, value: Ref) -> Iterator[tuple[str, Any]]:
    """Yield the same attribute of the next two things of the same type: another table, ACL, group, subnet."""
    target = world.resources.get(value.address)
    if target is None or value.address == resource.address or value.path[-1:] not in (("id",), ("arn",), ("name",)):
        return
    alike = [one.address for one in world.of(target.type, mode=target.mode)]
    at = alike.index(value.address)
    for other in dict.fromkeys([*alike[at + 1 :], *alike[:at]][:2]):
        yield f"refers to {other}", Ref(other, value.path)


def _texts(world: World, key: str, value: str) -> Iterator[tuple[str, Any]]:
    words = WORDS.get(SAME.get(key, key))
    if words is not None:
        yield from ((one, one) for one in words.get(value, ()))
    elif is_document(value):
        yield from variants(value)
    elif value in TURNED:
        yield TURNED[value], TURNED[value]
    elif key == "availability_zone":
        zones = sorted({str(one.get(key)) for one in world.of("aws_subnet")} - {value})
        yield from ((zone, zone) for zone in zones)
    elif key == "policy_arn":
        yield OTHER_POLICY, OTHER_POLICY
    elif (network := _network(value)) is not None:
        yield from ((str(half), str(half)) for half in network.subnets() if network.prefixlen < 28)
        beside = type(network)((int(network.network_address) ^ (1 << (32 - network.prefixlen)), network.prefixlen))
        yield str(beside), str(beside)
    elif value:
        yield "another text", f"{value}x"


def _network(value: str) -> Any:
    try:
        found = ip_network(value) if "/" in value else None
    except ValueError:
        return None
    return found if found is not None and found.version == 4 and found.prefixlen else None


def _denied_before(world: World, resource: Resource) -> Iterator[Mutant]:
    """Yield worlds with a deny in front of an ACL entry: for all that it allows, and for one half on its last port."""
    if resource.type == "aws_network_acl_rule" and resource.get("rule_action") == "allow":
        for how, values in _denies(dict(resource.values), "rule_number", "rule_action"):
            made = replace(resource, address=f"{resource.address}-deny", values=values)
            yield Mutant(
                resource.address, how, resource.type, "", _world(world, {**world.resources, made.address: made})
            )
    for name in ("ingress", "egress") if resource.type.endswith("network_acl") else ():
        for at, block in enumerate(resource.blocks(name)):
            if block.get("action") == "allow":
                for how, values in _denies(dict(block), "rule_no", "action"):
                    listed = [*resource.blocks(name), values]
                    yield replace(
                        _with(world, resource, (name,), listed, how), where=f"{resource.address}.{name}[{at}]"
                    )


def _denies(values: dict[str, Any], number: str, action: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(values.get(number), int):
        return
    deny = {**values, number: values[number] - 1, action: "deny"}
    yield "denied before", deny
    network = _network(str(values.get("cidr_block")))
    if network is not None and network.prefixlen < 28 and isinstance(values.get("to_port"), int):
        half = str([*network.subnets()][-1])
        yield "partly denied before", {**deny, "cidr_block": half, "from_port": deny["to_port"]}

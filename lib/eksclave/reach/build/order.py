"""What Terraform completes before a resource, over several steps."""

from __future__ import annotations

import re

from eksclave.reach.build.base import Build
from eksclave.terraform.values import AnyOf, Ref, symbols


def waits(build: Build, address: str) -> tuple[str, ...]:
    """Return the addresses of all resources that are complete before this one starts, sorted.

    Over remote states too: a stack that reads another's outputs is applied after all of it.
    """
    seen: set[str] = set()
    todo = [address]
    while todo:
        for one in _direct(build, todo.pop()):
            if one != address and one not in seen:
                seen.add(one)
                todo.append(one)
    return tuple(sorted(seen))


_ASKED = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_endpoint")
_SLOW = re.compile(r"aws_(eks_(cluster|node_group|addon|fargate_profile)|vpc_endpoint|nat_gateway|instance|lb|alb)")
"""What AWS takes a minute or more for, among what rules of security groups and endpoints refer to."""


def slow_waits(build: Build) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return for each rule of a security group, and each endpoint, what it waits for that takes minutes, if any."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for rule in build.of(*_ASKED):
        slow = tuple(one for one in waits(build, rule.address) if _is_slow(build, one))
        found += [(rule.address, slow)] if slow else []
    return tuple(found)


def _is_slow(build: Build, address: str) -> bool:
    resource = build.world.resources.get(address)
    return resource is not None and resource.mode == "managed" and bool(_SLOW.fullmatch(resource.type))


def _direct(build: Build, address: str) -> frozenset[str]:
    found = build.direct.get(address)
    if found is None:
        resource = build.world.resources.get(address)
        before: set[str] = set()
        if resource is not None:
            before |= set(_expanded(build, resource.waits_for))
            for symbol in symbols(resource.values):
                if isinstance(symbol, Ref):
                    before.add(symbol.address)
                elif isinstance(symbol, AnyOf) and not symbol.reason.startswith("the plan does not keep local"):
                    before |= {ref.address for ref in symbol.candidates if isinstance(ref, Ref)}
            if resource.type == "terraform_remote_state":
                before |= _whole(build, address)
        found = build.direct[address] = frozenset(before)
    return found


def _expanded(build: Build, names: tuple[str, ...]) -> list[str]:
    """A state lists blocks without their index: all instances of the block."""
    found: list[str] = []
    for name in names:
        if name in build.world.resources:
            found.append(name)
        else:
            found += build.instances.get(name, ())
    return found


def _whole(build: Build, reader: str) -> set[str]:
    values = build.world.resources[reader].get("outputs")
    sources = {
        target.source
        for symbol in symbols(values)
        if isinstance(symbol, Ref) and (target := build.world.resources.get(symbol.address)) is not None
    }
    return {address for source in sources for address in build.by_source.get(source, ())}

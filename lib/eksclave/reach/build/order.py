"""What Terraform completes before a resource, over several steps."""

from __future__ import annotations

from eksclave.reach.build.base import Build
from eksclave.terraform.values import AnyOf, Ref, symbols


def waits(build: Build, address: str) -> tuple[str, ...]:
    """Return the addresses of all resources that are complete before this one starts, sorted.

    Over remote states too: a stack that reads another's outputs is applied after all of it.
    """
    seen: set[str] = set()
    todo = [address]
    while todo:
        resource = build.world.resources.get(todo.pop())
        if resource is None:
            continue
        before = set(_expanded(build, resource.waits_for))
        for symbol in symbols(resource.values):
            if isinstance(symbol, Ref):
                before.add(symbol.address)
            elif isinstance(symbol, AnyOf):
                before |= {ref.address for ref in symbol.candidates if isinstance(ref, Ref)} if _same(symbol) else set()
        for one in before - seen:
            if one != address:
                seen.add(one)
                todo.append(one)
        if resource.type == "terraform_remote_state":
            seen |= _whole(build, resource.address) - {address}
    return tuple(sorted(seen))


def _expanded(build: Build, names: tuple[str, ...]) -> list[str]:
    """A state lists blocks without their index: all instances of the block."""
    found: list[str] = []
    for name in names:
        if name in build.world.resources:
            found.append(name)
        else:
            found += build.instances.get(name, ())
    return found


def _same(symbol: AnyOf) -> bool:
    """Whichever is meant, Terraform waits for every resource that the expression refers to."""
    return not symbol.reason.startswith("the plan does not keep local")


def _whole(build: Build, reader: str) -> set[str]:
    values = build.world.resources[reader].get("outputs")
    sources = {
        target.source
        for symbol in symbols(values)
        if isinstance(symbol, Ref) and (target := build.world.resources.get(symbol.address)) is not None
    }
    return {address for source in sources for address in build.by_source.get(source, ())}

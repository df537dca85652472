"""The module tree of one plan: which instances stand in which module instance, beside their configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eksclave.terraform.references import split

Key = str | int | None
Json = dict[str, Any]


@dataclass
class Instance:
    """One instance of a resource block, as the plan lists it."""

    address: str  # as the plan prints it, unique within this plan
    module: str
    mode: str
    type: str
    name: str
    key: Key
    provider: str
    action: str
    after: Json
    unknown: Any  # True, or a tree of what is known only after apply
    sensitive: Any
    block: Json = field(default_factory=dict)  # its block in the configuration
    scope: Scope | None = field(default=None, repr=False)


@dataclass
class Scope:
    """One module instance: its part of the configuration, how it was called, and what stands in it."""

    address: str
    key: Key
    configuration: Json
    call: Json
    parent: Scope | None = field(default=None, repr=False)
    instances: dict[str, dict[Key, Instance]] = field(default_factory=dict, repr=False)
    children: dict[str, dict[Key, Scope]] = field(default_factory=dict, repr=False)

    @property
    def foreign(self) -> bool:
        """Whether the module, or one that it stands in, comes from a registry or a repository."""
        source = str(self.call.get("source") or ".")
        return not source.startswith((".", "/")) or (self.parent is not None and self.parent.foreign)

    def of_types(self, types: tuple[str, ...]) -> dict[str, dict[Key, Instance]]:
        """Return the blocks of these resource types in this module instance, by block name."""
        return {name: found for name, found in sorted(self.instances.items()) if name.split(".")[-2] in types}


def build_tree(configuration: Mapping[str, Any], instances: list[Instance]) -> Scope:
    """Return the root module with every instance hung where it belongs."""
    root = Scope("", None, _dict(configuration.get("root_module")), {})
    scopes = {"": root}
    blocks: dict[int, dict[str, Json]] = {}
    for instance in instances:
        scope = _scope(scopes, instance.module)
        instance.scope = scope
        configured = blocks.get(id(scope.configuration))
        if configured is None:
            listed = scope.configuration.get("resources")
            configured = {_block_name(block): block for block in listed or () if isinstance(block, dict)}
            blocks[id(scope.configuration)] = configured
        name = (
            f"data.{instance.type}.{instance.name}" if instance.mode == "data" else f"{instance.type}.{instance.name}"
        )
        instance.block = configured.get(name, {})
        scope.instances.setdefault(name, {})[instance.key] = instance
    return root


def _scope(scopes: dict[str, Scope], address: str) -> Scope:
    """Return the scope of a module address, made with its parents where it is new."""
    found = scopes.get(address)
    if found is not None:
        return found
    steps = list(split(address))  # module, vpc, [key], module, subnets, ...
    last = max(position for position, step in enumerate(steps) if step == "module" and _starts(steps, position))
    name = str(steps[last + 1])
    key = steps[last + 2] if len(steps) > last + 2 else None
    suffix = f"module.{name}" + ("" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]')
    parent = address[: -len(suffix)].rstrip(".") if address.endswith(suffix) else address.rsplit(".module.", 1)[0]
    above = _scope(scopes, parent)
    call = _dict(_dict(above.configuration.get("module_calls")).get(name))
    scope = Scope(address, key, _dict(call.get("module")), call, above)
    scopes[address] = scope
    above.children.setdefault(name, {})[key] = scope
    return scope


def _starts(steps: list[str | int], position: int) -> bool:
    """A module may itself be called `module`: count pairs from the left."""
    at = 0
    while at < len(steps):
        if at == position:
            return True
        at += 2
        if at < len(steps) and steps[at] != "module":
            at += 1
    return False


def _block_name(block: Json) -> str:
    name = f"{block.get('type')}.{block.get('name')}"
    return f"data.{name}" if block.get("mode") == "data" else name


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}

"""The resource instances that a plan lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eksclave.terraform.model import Destroyed
from eksclave.terraform.references import split
from eksclave.terraform.scope import Instance, Json


def instances_of(document: Json) -> Iterator[Instance]:
    """Yield what will exist after apply: planned, unchanged, read, and what Terraform only forgets.

    A plan of chosen targets, or of a refresh alone, lists no others: these stand in its prior state.
    """
    seen: set[str] = set()
    for change in document.get("resource_changes") or ():
        if not isinstance(change, dict) or change.get("deposed") or not isinstance(change.get("address"), str):
            continue
        body = change.get("change") or {}
        actions = list(body.get("actions") or ["no-op"])
        seen.update(address for name in ("address", "previous_address") if isinstance(address := change.get(name), str))
        if actions == ["delete"]:
            continue
        after = body.get("after")
        if not isinstance(after, dict):
            after = body.get("before") if "forget" in actions else {}
        action = "replace" if "delete" in actions else actions[-1] if actions else "no-op"
        yield _instance(change, after or {}, body.get("after_unknown"), body.get("after_sensitive"), action)
    planned = document.get("planned_values") or {}
    prior = (document.get("prior_state") or {}).get("values") or {}
    for values in (planned, prior):
        for resource in _state_resources(values.get("root_module")):
            address = resource.get("address")
            if isinstance(address, str) and address not in seen and not resource.get("deposed_key"):
                seen.add(address)
                yield _instance(resource, resource.get("values") or {}, {}, resource.get("sensitive_values"), "no-op")


def destroyed_by(document: Json) -> Iterator[Destroyed]:
    """Yield what a plan destroys without making it anew."""
    for change in document.get("resource_changes") or ():
        body = change.get("change") if isinstance(change, dict) else None
        if isinstance(body, dict) and body.get("actions") == ["delete"] and not change.get("deposed"):
            before = body.get("before")
            service = str(before.get("service_name") or "") if isinstance(before, dict) else ""
            yield Destroyed(str(change.get("address")), str(change.get("type")), service)


def _state_resources(module: Any) -> Iterator[Json]:
    todo = [module]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            yield from (resource for resource in part.get("resources") or () if isinstance(resource, dict))
            todo.extend(part.get("child_modules") or ())


def _instance(listed: Json, after: Json, unknown: Any, sensitive: Any, action: str) -> Instance:
    address = listed["address"]
    module = listed.get("module_address")
    if not isinstance(module, str):
        module = _module_of(address, str(listed.get("type")), listed.get("mode") == "data")
    return Instance(
        address,
        module,
        str(listed.get("mode") or "managed"),
        str(listed.get("type")),
        str(listed.get("name")),
        listed.get("index"),
        str(listed.get("provider_name") or ""),
        action,
        after,
        unknown if unknown is not None else {},
        sensitive,
    )


def _module_of(address: str, kind: str, data: bool) -> str:
    """State JSON gives no module address: it is what stands before the resource's own two or three words."""
    steps = split(address)
    if steps and steps[0] != "module":
        return ""
    mark = f".data.{kind}." if data else f".{kind}."
    return address[: address.rindex(mark)] if mark in address else ""

"""Small plans by hand: blocks with the references of their expressions, and instances that know nothing yet."""

from __future__ import annotations

from typing import Any

from eksclave.terraform.plan import read


def block(name: str, depends_on: tuple[str, ...] = (), for_each: Any = None, **references: Any) -> dict[str, Any]:
    """One block of a configuration; each argument is the list of what its expression refers to."""
    kind, label = name.split(".")
    said = {one: told if isinstance(told, dict) else {"references": list(told)} for one, told in references.items()}
    found = {"address": name, "mode": "managed", "type": kind, "name": label, "expressions": said}
    if depends_on:
        found["depends_on"] = list(depends_on)
    return found | ({"for_each_expression": {"references": list(for_each)}} if for_each else {})


def made(address: str, *unknown: str, **after: Any) -> dict[str, Any]:
    """One instance that will be made, with the attributes that are known only after apply."""
    module, _, own = address.rpartition(".aws_") if ".aws_" in address else ("", "", address)
    own = f"aws_{own}" if module else own
    kind, label = own.split("[")[0].split(".")
    key = own.partition("[")[2].rstrip("]")
    change = {"actions": ["create"], "after": after, "after_unknown": {"id": True, **dict.fromkeys(unknown, True)}}
    found = {"address": address, "mode": "managed", "type": kind, "name": label, "change": change}
    if key:
        found["index"] = int(key) if key.isdigit() else key.strip('"')
    return found | ({"module_address": module} if module else {})


def values(address: str, blocks: list[Any], changes: list[Any], **more: Any) -> dict[str, Any]:
    """Return what is read of one instance."""
    root = {
        "resources": blocks,
        **{one: more.pop(one) for one in ("module_calls", "outputs", "variables") if one in more},
    }
    document = {"format_version": "1.2", "configuration": {"root_module": root}, "resource_changes": changes, **more}
    part = read(document, "plan", str)
    return next(one for one in part.resources if one.address == address).values

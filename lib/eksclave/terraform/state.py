"""A state: `terraform show -json` of one, or the raw `terraform.tfstate` (version 4). Every value is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eksclave.terraform.model import Resource
from eksclave.terraform.part import Part, Qualify
from eksclave.terraform.values import Sensitive, Value

Json = dict[str, Any]


def addresses(document: Json) -> set[str]:
    """Return the addresses of one state without reading it further."""
    return {resource["address"] for resource in _listed(document)}


def read(document: Json, label: str, qualify: Qualify) -> Part:
    """Return one state as resources."""
    resources = [
        Resource(
            qualify(listed["address"]),
            str(listed.get("mode") or "managed"),
            str(listed.get("type")),
            str(listed.get("name")),
            _marked(listed.get("values") or {}, listed.get("sensitive_values")),
            listed.get("index"),
            str(listed.get("module") or ""),
            str(listed.get("provider_name") or ""),
            _region(listed.get("values") or {}),
            label,
            None,
            "no-op",
            None,
            tuple(sorted(qualify(str(address)) for address in listed.get("depends_on") or ())),
        )
        for listed in _listed(document)
    ]
    values = document.get("values")
    outputs = (values.get("outputs") if isinstance(values, dict) else document.get("outputs")) or {}
    return Part(
        label,
        resources,
        {name: _output(output) for name, output in sorted(outputs.items())},
        lineage=str(document.get("lineage") or ""),
    )


def _listed(document: Json) -> Iterator[Json]:
    if isinstance(document.get("values"), dict):
        todo: list[Any] = [document["values"].get("root_module")]
        while todo:
            module = todo.pop()
            if isinstance(module, dict):
                for resource in module.get("resources") or ():
                    if isinstance(resource, dict) and isinstance(resource.get("address"), str):
                        yield {**resource, "module": module.get("address") or ""}
                todo.extend(module.get("child_modules") or ())
        return
    for resource in document.get("resources") or ():
        yield from _raw(resource)


def _raw(resource: Any) -> Iterator[Json]:
    """A raw state lists each block once, with its instances inside."""
    if not isinstance(resource, dict):
        return
    module = str(resource.get("module") or "")
    data = "data." if resource.get("mode") == "data" else ""
    base = f"{module}." * bool(module) + f"{data}{resource.get('type')}.{resource.get('name')}"
    provider = str(resource.get("provider") or "").split('"')
    for instance in resource.get("instances") or ():
        if not isinstance(instance, dict) or instance.get("deposed"):
            continue
        key = instance.get("index_key")
        index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        sensitive = {}
        for path in instance.get("sensitive_attributes") or ():
            first = path[0] if isinstance(path, list) and path else path
            if isinstance(first, dict) and isinstance(first.get("value"), str):
                sensitive[first["value"]] = True
        yield {
            "address": base + index,
            "mode": resource.get("mode"),
            "type": resource.get("type"),
            "name": resource.get("name"),
            "index": key,
            "module": module,
            "provider_name": provider[1] if len(provider) > 1 else "",
            "values": instance.get("attributes") or {},
            "sensitive_values": sensitive,
            "depends_on": instance.get("dependencies") or (),
        }


def _marked(values: Any, sensitive: Any) -> Any:
    """Return the values with the marks that keep them from being printed."""
    if sensitive is True:
        return Sensitive(values) if values is not None else None
    if isinstance(values, dict) and isinstance(sensitive, dict) and sensitive:
        return {name: _marked(value, sensitive.get(name)) for name, value in values.items()}
    if isinstance(values, list) and isinstance(sensitive, list) and sensitive:
        return [_marked(v, sensitive[at] if at < len(sensitive) else None) for at, v in enumerate(values)]
    return values


def _output(output: Any) -> Value:
    if not isinstance(output, dict):
        return None
    return Sensitive(output.get("value")) if output.get("sensitive") else output.get("value")


def _region(values: Json) -> str | None:
    """Provider 6 writes it; with provider 5 the resource's ARN tells."""
    region, arn = values.get("region"), values.get("arn")
    if isinstance(region, str) and region:
        return region
    parts = arn.split(":") if isinstance(arn, str) else ()
    return parts[3] if len(parts) > 5 and parts[3] else None

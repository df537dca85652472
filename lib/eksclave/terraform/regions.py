"""The Region of each provider configuration: as written, or as the resources of that provider agree on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from eksclave.terraform.scope import Instance, Json

_ZONE = re.compile(r"^([a-z]{2,4}(?:-[a-z]+)+-\d)[a-z]$")
_SERVICE = re.compile(r"^(?:cn\.|eu\.)?com\.amazonaws\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.")


def config_key(instance: Instance) -> str:
    """Return which provider configuration a resource uses."""
    return str(instance.block.get("provider_config_key") or "aws")


def regions_of(document: Mapping[str, Any], instances: Iterable[Instance]) -> dict[str, str]:
    """Return the Region of each provider configuration; a root variable is looked up."""
    found: dict[str, str] = {}
    variables = document.get("variables") or {}
    providers = (document.get("configuration") or {}).get("provider_config") or {}
    for key, provider in providers.items():
        expression = ((provider or {}).get("expressions") or {}).get("region") or {}
        constant = expression.get("constant_value")
        for reference in expression.get("references") or ():
            if constant is None and str(reference).startswith("var."):
                constant = (variables.get(str(reference)[4:]) or {}).get("value")
        if isinstance(constant, str):
            found[key] = constant
            found.setdefault(key.rsplit(":", 1)[-1], constant)
    seen: dict[str, set[str]] = {}
    for instance in instances:
        if config_key(instance) not in found:
            seen.setdefault(config_key(instance), set()).update(_said(instance.after))
    return found | {key: next(iter(regions)) for key, regions in seen.items() if len(regions) == 1}


def _said(after: Json) -> Iterable[str]:
    """A zone is of the Region; a service is, unless the endpoint says that it is another Region's."""
    zone, service = after.get("availability_zone"), after.get("service_name")
    if isinstance(zone, str) and (fits := _ZONE.match(zone)):
        yield fits.group(1)
    if isinstance(service, str) and not after.get("service_region") and (fits := _SERVICE.match(service)):
        yield fits.group(1)

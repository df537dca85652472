"""Every add-on module of this package, by the name that EKS or its project gives it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.errors import EksclaveError, did_you_mean

_NOT_ADDONS = frozenset({"facts", "registry"})


def _discover() -> Iterator[AddonFacts]:
    package = __name__.rpartition(".")[0]
    for found in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if found.name not in _NOT_ADDONS:
            yield importlib.import_module(f"{package}.{found.name}").ADDON


ADDONS: dict[str, AddonFacts] = {addon.name: addon for addon in sorted(_discover(), key=lambda addon: addon.name)}


def addon_names() -> tuple[str, ...]:
    """Return the names that may stand in a spec's `addons`: add-ons that EKS installs, sorted."""
    return tuple(name for name, addon in ADDONS.items() if addon.kind != "controller")


def controller_names() -> tuple[str, ...]:
    """Return the controllers that run from a mirrored image, sorted."""
    return tuple(name for name, addon in ADDONS.items() if addon.kind == "controller")


def addon_or_none(name: str) -> AddonFacts | None:
    """Return the add-on of this name, or None."""
    return ADDONS.get(name)


def find_addon(name: str) -> AddonFacts:
    """Return the add-on of this name; raise where there is none."""
    if name not in ADDONS:
        known = did_you_mean(name, ADDONS) or f"known: {', '.join(ADDONS)}"
        raise EksclaveError(f"no add-on is called '{name}'", known)
    return ADDONS[name]

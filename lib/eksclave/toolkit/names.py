"""One name for two packages: `cdktf` and `cdktn`, and their provider packages, reach whichever is installed.

`cdktn` exports every name of `cdktf` and installs no `cdktf` module. An import of the absent one gives the very module
of the present one, so that classes are the same under both names. Where both are installed each keeps its own.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_FORMER, _FORK = "cdktf_cdktf_provider_", "cdktn_provider_"


def twin(package: str) -> str | None:
    """Return a top-level package's other name: `cdktf` for `cdktn` and the like; None where it has no other."""
    if package in ("cdktf", "cdktn"):
        return "cdktn" if package == "cdktf" else "cdktf"
    if package.startswith(_FORMER):
        return _FORK + package.removeprefix(_FORMER)
    if package.startswith(_FORK):
        return _FORMER + package.removeprefix(_FORK)
    return None


class TwinFinder(MetaPathFinder):
    """Finds an absent package under its other name. Must stand first: else submodules load twice, under two names."""

    def __init__(self) -> None:
        self._present: dict[str, bool] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, dot, rest = fullname.partition(".")
        other = twin(top)
        if other is None or self._is_present(top) or not self._is_present(other):
            return None
        real = f"{other}{dot}{rest}"
        if dot and importlib.util.find_spec(real) is None:
            return None
        return ModuleSpec(fullname, _TwinLoader(real), is_package=True)

    def _is_present(self, package: str) -> bool:
        if package not in self._present:
            self._present[package] = PathFinder.find_spec(package) is not None
        return self._present[package]


class _TwinLoader(Loader):
    """Gives the real module under its other name, and leaves it as it was."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._real)
        self._own = (module.__spec__, module.__loader__)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__, module.__loader__ = self._own

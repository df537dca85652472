"""One block where newer bindings want a list of blocks: code written for either runs with both.

In cdktn-provider-kubernetes 17 (provider 3.4) a block that stands once, `metadata` or `spec`, is a list, where it was a
structure before. Terraform reads a list of one block as that block, so a single one is wrapped.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_MODULE = re.compile(r"cdktn_provider_\w+\.\w+")


class BlockFinder(MetaPathFinder):
    """Finds the modules of the fork's provider packages and lets their classes take one block for a list of one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _MODULE.fullmatch(fullname) or fullname.endswith("._jsii"):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = _Lenient(spec.loader)
        return spec


class _Lenient(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        published: Any = sys.modules.get(module.__name__, module)
        for name in getattr(published, "__all__", ()):
            cls: Any = getattr(published, name)
            lists = _lists_of_blocks(cls)
            if lists:
                cls.__init__ = _wrapping(cls.__init__, lists)


def _lists_of_blocks(cls: Any) -> frozenset[str]:
    """Return the keyword arguments of a class that want a sequence of structures."""
    hints: dict[str, Any] = getattr(vars(cls).get("__init__"), "__annotations__", {})
    return frozenset(name for name, hint in hints.items() if "Sequence[typing.Union[" in repr(hint))


def _wrapping(init: Callable[..., None], lists: frozenset[str]) -> Callable[..., None]:
    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **given: Any) -> None:
        for name in lists & given.keys():
            if isinstance(given[name], dict) or _is_structure(given[name]):
                given[name] = [given[name]]
        init(self, *args, **given)

    return wrapped


def _is_structure(value: Any) -> bool:
    return hasattr(type(value), "__jsii_type__") and hasattr(value, "_values")

"""Every check, discovered: a module in a group's folder that has `ASKS` and `ask`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Protocol, TypeAlias

from eksclave.checks.result import Advice, Result
from eksclave.checks.view import View

GROUPS = ("flows", "edge", "names", "routing", "filters", "cluster", "identity", "endpoints", "delivery", "public")
Said: TypeAlias = Result | Advice


class Ask(Protocol):
    """Asks one cluster; `so_far` holds what the groups before it answered."""

    def __call__(self, view: View, so_far: Sequence[Result]) -> Iterator[Said]: ...


@dataclass(frozen=True)
class Check:
    """One check: the ids that it answers, and its question."""

    name: str
    group: str
    asks: tuple[str, ...]
    ask: Ask
    module: ModuleType
    one_is_enough: bool = False  # an answer to one of `asks` means that the others do not apply here


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Return every check, in the order in which they are asked: groups as listed, then names."""
    found: list[Check] = []
    for group in GROUPS:
        package = importlib.import_module(f"eksclave.checks.{group}")
        for one in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            module = importlib.import_module(f"{package.__name__}.{one.name}")
            if hasattr(module, "ASKS"):
                enough = getattr(module, "ONE_IS_ENOUGH", False)
                found.append(Check(one.name.replace("_", "-"), group, module.ASKS, module.ask, module, enough))
    return tuple(found)

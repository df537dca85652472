"""A proven cluster of the corpus with facts changed by hand, and what one check says about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from eksclave.catalog.features import Feature
from eksclave.checks.features import view_of
from eksclave.checks.result import Result
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.reach.snapshot import Snapshot
from eksclave.terraform.read import read_documents

TESTS = Path(__file__).parents[2]
FLAT, SELF, KARPENTER = "corpus/flat", "checks/worlds/selfmanaged", "corpus/karpenter"


@lru_cache
def facts(folder: str = FLAT) -> Snapshot:
    return snapshot(read_documents([("plan", orjson.loads((TESTS / folder / "plan.json").read_bytes()))]))


def changed(of: Snapshot, noun: str, only: str = "", **parts: Any) -> Snapshot:
    """Return the facts with parts of the things of a noun changed, all of them or those whose key holds `only`."""
    things = (replace(one, **parts) if only in one.key else one for one in getattr(of, noun))
    return replace(of, **{noun: tuple(things)})


def said(check: ModuleType, of: Snapshot, features: Iterable[Feature] = (), id: str = "") -> list[Any]:
    """Return what a check says about the only cluster; with `id`, its results of this requirement."""
    told = list(check.ask(view_of(of, of.clusters[0], features), ()))
    return [one for one in told if one.requirement == id] if id else told


def outcomes(check: ModuleType, of: Snapshot, features: Iterable[Feature] = (), id: str = "") -> set[Outcome]:
    return {one.outcome for one in said(check, of, features, id) if isinstance(one, Result)}

"""What one reader hands over: one input's resources, before several inputs are joined into a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eksclave.terraform.model import Note, Resource
from eksclave.terraform.values import Value

Qualify = Callable[[str], str]
"""Makes an address unique over several inputs: unchanged, or with the input's label before it."""


@dataclass(frozen=True)
class RemoteState:
    """One `terraform_remote_state` data source: where it reads, and which resource of the reader it is."""

    address: str
    backend: str
    config: Mapping[str, Value]
    workspace: str | None = None


@dataclass
class Part:
    """One input as read."""

    label: str
    resources: list[Resource]
    outputs: dict[str, Value] = field(default_factory=dict)
    changes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    backend: tuple[str, Mapping[str, Value]] | None = None
    """The backend that this input's own state is kept in, where the input says so."""
    lineage: str = ""

"""Conditions on what other stacks made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eksclave.toolkit import cdktf


@dataclass(frozen=True)
class Condition:
    """A Terraform precondition: an expression in `${…}`, and what to say where it does not hold."""

    holds: str
    otherwise: str


def require(resource: cdktf.TerraformResource, conditions: Sequence[Condition]) -> None:
    """Let Terraform make this resource only where all conditions hold."""
    if conditions:
        told = [{"condition": one.holds, "error_message": one.otherwise} for one in conditions]
        resource.add_override("lifecycle.precondition", told)

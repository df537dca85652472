"""`node_groups`, `auto_mode`, `fargate_profiles`: what the pods run on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from eksclave.spec.base import Part, PartName, ZoneName


class Scaling(Part):
    """Sizes of a node group, in nodes."""

    min: int = Field(2, ge=0)
    desired: int = Field(2, ge=0, description="min when left out")
    max: int = Field(4, ge=1, description="4, or desired where that is more, when left out")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not all(isinstance(size, int) for size in value.values()):
            return value
        filled = {"min": 2, **value}
        filled.setdefault("desired", filled["min"])
        filled.setdefault("max", max(4, filled["desired"]))
        return filled

    @model_validator(mode="after")
    def _ordered(self) -> Scaling:
        if not self.min <= self.desired <= self.max:
            raise ValueError(f"min {self.min}, desired {self.desired}, max {self.max} are not in rising order")
        return self


class Disk(Part):
    """The root disk of a node; always encrypted."""

    size_gib: int = Field(50, ge=20, le=16384)
    type: Literal["gp3", "gp2"] = "gp3"
    kms_key_arn: str | None = Field(None, description="the account's default EBS key when left out")


class Taint(Part):
    """A taint of every node of a group."""

    key: str
    value: str = ""
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] = "NO_SCHEDULE"


class NodeGroup(Part):
    """A managed node group."""

    name: PartName = "default"
    ami: Literal["al2023", "bottlerocket"] = "al2023"
    architecture: Literal["x86_64", "arm64"] | None = Field(
        None, description="told from the instance type when left out"
    )
    instance_types: tuple[str, ...] = Field(("m7i.large",), min_length=1)
    capacity: Literal["ON_DEMAND", "SPOT"] = "ON_DEMAND"
    scaling: Scaling = Field(default_factory=lambda: Scaling())
    disk: Disk = Field(default_factory=lambda: Disk())
    labels: dict[str, str] = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    zones: tuple[ZoneName, ...] = Field((), description="a part of the network's zones; all of them when left out")
    max_unavailable: int = Field(1, ge=1, description="nodes that an update may take away at once")


class AutoMode(Part):
    """EKS Auto Mode, instead of node groups."""

    node_pools: tuple[Literal["general-purpose", "system"], ...] = Field(("general-purpose", "system"), min_length=1)


class FargateSelector(Part):
    """Pods of this namespace, and with all these labels, run on Fargate."""

    namespace: str
    labels: dict[str, str] = Field(default_factory=dict)


class FargateProfile(Part):
    """A Fargate profile."""

    name: PartName
    selectors: tuple[FargateSelector, ...] = Field(min_length=1)

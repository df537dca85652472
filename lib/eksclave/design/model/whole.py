"""`Design`: the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eksclave.design.model.access import AccessPlan
from eksclave.design.model.cluster import ClusterPlan
from eksclave.design.model.endpoints import EndpointsPlan
from eksclave.design.model.network import NetworkPlan
from eksclave.design.model.registry import ImagePlan, RegistryPlan
from eksclave.design.model.workloads import WorkloadsPlan


@dataclass(frozen=True)
class StatePlan:
    """Where state lies: `local` in `directory`, or `s3`."""

    backend: Literal["local", "s3"]
    directory: str
    bucket: str | None
    key_prefix: str | None
    region: str | None
    kms_key_id: str | None


@dataclass(frozen=True)
class ProvidersPlan:
    """Version constraints for `required_providers`."""

    aws: str
    kubernetes: str


@dataclass(frozen=True)
class Design:
    """Everything that was decided for one cluster."""

    name: str
    region: str
    account: str
    partition: str
    dns_suffix: str
    """amazonaws.com, or amazonaws.com.cn in China."""
    features: tuple[str, ...]
    """The feature words that hold, sorted; endpoints, rules and roles are derived from them."""
    network: NetworkPlan
    endpoints: EndpointsPlan
    registry: RegistryPlan
    cluster: ClusterPlan
    access: AccessPlan
    workloads: WorkloadsPlan
    images: tuple[ImagePlan, ...]
    tags: Mapping[str, str]
    state: StatePlan
    providers: ProvidersPlan
    warnings: tuple[str, ...]

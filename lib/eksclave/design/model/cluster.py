"""`cluster`: EKS itself, node groups, add-ons, who may use the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from eksclave.design.model.iam import RolePlan


@dataclass(frozen=True)
class LogPlan:
    """Control-plane logs: `/aws/eks/NAME/cluster`."""

    types: tuple[str, ...]
    retention_days: int


@dataclass(frozen=True)
class AccessEntryPlan:
    """One IAM principal with one access policy. `policy_arn` is full; `namespaces` empty means the whole cluster."""

    key: str
    principal_arn: str
    policy_arn: str
    namespaces: tuple[str, ...]


@dataclass(frozen=True)
class AddonPlan:
    """One EKS add-on. `before_nodes`: installed before the first node group (CNI, kube-proxy, Pod Identity agent).

    `role` is the key of a role, or None. `configuration` is JSON-able and empty for none.
    """

    name: str
    version: str | None
    configuration: Mapping[str, Any]
    role: str | None
    service_account: str | None
    before_nodes: bool
    reason: str


@dataclass(frozen=True)
class NodeGroupPlan:
    """One managed node group with its launch template. Subnets are keys of network subnets; the role is `node`."""

    name: str
    ami_type: str
    instance_types: tuple[str, ...]
    capacity: Literal["ON_DEMAND", "SPOT"]
    min_size: int
    desired_size: int
    max_size: int
    disk_size_gib: int
    disk_type: str
    disk_kms_key_arn: str | None
    root_device: str
    """Device of the disk that holds images: /dev/xvda for AL2023, /dev/xvdb for Bottlerocket."""
    labels: Mapping[str, str]
    taints: tuple[tuple[str, str, str], ...]
    subnets: tuple[str, ...]
    max_unavailable: int
    metadata_hop_limit: int
    tags: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class FargatePlan:
    """One Fargate profile; selectors are (namespace, labels)."""

    name: str
    selectors: tuple[tuple[str, Mapping[str, str]], ...]
    subnets: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ClusterPlan:
    """EKS, private from the first apply. `subnets` are where control-plane interfaces may land."""

    name: str
    version: str
    subnets: tuple[str, ...]
    service_cidr: str | None
    kms_key_arn: str | None
    """None: a key is made in the stack."""
    kms_deletion_window_days: int
    logs: LogPlan
    auto_mode_pools: tuple[str, ...]
    """Empty: no EKS Auto Mode."""
    identity: Literal["pod-identity", "irsa"]
    addons: tuple[AddonPlan, ...]
    node_groups: tuple[NodeGroupPlan, ...]
    fargate: tuple[FargatePlan, ...]
    access_entries: tuple[AccessEntryPlan, ...]
    roles: tuple[RolePlan, ...]
    """All roles of the cluster stack: cluster, node, fargate, add-ons, controllers."""
    reasons: tuple[str, ...]

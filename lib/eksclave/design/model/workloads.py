"""`workloads`: what runs inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ServiceAccountPlan:
    """A service account and the key of the role that it runs with (in the cluster stack)."""

    namespace: str
    name: str
    role: str


@dataclass(frozen=True)
class ControllerPlan:
    """A controller as one Deployment: image already mirrored, arguments for a closed network, RBAC as Kubernetes rules.

    `cluster_rules` and `namespace_rules` are tuples of (api groups, resources, verbs, resource names).
    An argument may hold `{vpc_id}`, which the stack takes from the network's contract. `secret_mounts` are pairs of a
    secret's name and the folder that it appears in. `manifests` holds further Kubernetes objects that it needs
    (CRDs, IngressClass, webhook configuration), JSON-able.
    """

    key: str
    name: str
    namespace: str
    image: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    replicas: int
    ports: Mapping[str, int]
    service_account: ServiceAccountPlan
    cluster_rules: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    namespace_rules: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    manifests: tuple[Mapping[str, Any], ...]
    health_path: str
    health_port: int
    reason: str
    secret_mounts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class IngressPlan:
    """One internal ingress of the shared load balancer's group."""

    name: str
    namespace: str
    service: str
    port: int
    host: str | None
    path: str
    group: str
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class WorkloadsPlan:
    """Controllers in start order, then ingresses, then bundles of manifests with images rewritten."""

    controllers: tuple[ControllerPlan, ...]
    ingresses: tuple[IngressPlan, ...]
    manifests: tuple[str, ...]
    reasons: tuple[str, ...]
    objects: tuple[Mapping[str, Any], ...] = ()
    """Kubernetes objects of no controller here, JSON-able: the ingress class of EKS Auto Mode."""

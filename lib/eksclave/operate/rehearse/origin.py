"""From a construct back to the line of the spec that it was made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from eksclave.spec.yaml_nodes import Document, read_document
from eksclave.spec.yaml_nodes import Path as ValuePath

ORIGINS: tuple[tuple[str, str], ...] = (
    (r"network/.*flow-log", "network.flow_logs"),
    (r"network/.*/nacl-", "network.strict_nacls"),
    (
        r"network/network/(nodes|control_plane|endpoints|load_balancers)-(.+?)(?:-table)?$",
        "network.existing.subnets.{}.{}",
    ),
    (r"network/network/Default", "network.existing.vpc_id"),
    (r"network/", "network"),
    (r"endpoints/endpoints/(group|rules)\b", "endpoints"),
    (r"endpoints/endpoints/([\w.-]+)", "endpoints.services.{}"),
    (r"registry/registry/cache-(.+?)(?:-template)?$", "registry.pull_through_cache.{}"),
    (r"registry/", "registry"),
    (r"cluster/nodes-([^/]+)", "node_groups.{}"),
    (r"cluster/fargate-([^/]+)", "fargate_profiles.{}"),
    (r"cluster/(?:role-)?addon-([^/]+)", "addons.{}"),
    (r"cluster/role-node", "node_groups"),
    (r"cluster/cluster/entry-", "access_entries"),
    (r"cluster/cluster/key", "encryption"),
    (r"cluster/cluster/logs", "logging"),
    (r"\w+/.*controller-cluster-autoscaler", "workloads.cluster_autoscaler"),
    (r"\w+/.*controller-aws-load-balancer", "workloads.load_balancer_controller"),
    (r"cluster/cluster/Default", "kubernetes_version"),
    (r"access/bastion", "access.bastion"),
    (r"access/peering-([^/]+)", "access.peered_vpcs.{}"),
    (r"access/transit-gateway", "access.transit_gateway"),
    (r"access/", "access"),
    (r"workloads/ingress/", "workloads.ingresses"),
    (r"workloads/", "workloads"),
)
"""Construct path below the cluster's name → field; `{}` is what the first group holds. The first that fits counts."""

_NAMES = ("name", "prefix")


class Origin:
    """One spec, asked for the field behind a construct."""

    def __init__(self, spec: Path) -> None:
        self.document: Document = read_document(spec.read_text(encoding="utf-8"), str(spec))
        values: dict[str, Any] = self.document.value
        self.values, self.name = values, str(values.get("name", ""))

    def place(self, construct: str) -> str:
        """Return `FILE:LINE field`, or an empty string where the construct comes from a default."""
        below = construct.removeprefix(f"{self.name}-")
        for pattern, field in ORIGINS:
            if found := re.match(pattern, below):
                path = self._path(field.format(*found.groups()).split(".", field.count(".")))
                return f"{self.document.place(path)} {_dotted(path)}" if path else ""
        return ""

    def _path(self, parts: list[str]) -> ValuePath:
        """Follow the parts as far as the spec goes; an item of a list is found by its name."""
        path: list[str | int] = []
        value: Any = self.values
        for part in parts:
            step = _step(value, part)
            if step is None:
                break
            path.append(step)
            value = value[step]
        return tuple(path)


def _step(value: Any, part: str) -> str | int | None:
    if isinstance(value, list):
        items: list[Any] = value
        return next((i for i, one in enumerate(items) if part in (one.get(word) for word in _NAMES)), None)
    return part if isinstance(value, dict) and part in value else None


def _dotted(path: ValuePath) -> str:
    from eksclave.spec.load import dotted

    return dotted(path)

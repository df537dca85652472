"""EKS: private from the first apply, logged, encrypted; its add-ons and who may use its API."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.features import Feature
from eksclave.catalog.regions import Region
from eksclave.design.model import AccessEntryPlan, AddonPlan, ClusterPlan, LogPlan, NetworkPlan, RolePlan
from eksclave.design.nodes import plan_fargate, plan_node_groups
from eksclave.design.parts import Parts
from eksclave.design.zones import api_tier
from eksclave.spec.model import ClusterSpec
from eksclave.spec.services import Addon


def plan_cluster(
    spec: ClusterSpec,
    region: Region,
    network: NetworkPlan,
    features: Set[Feature],
    parts: Parts,
    roles: tuple[RolePlan, ...],
) -> ClusterPlan:
    """Return the cluster with everything that its stack holds."""
    return ClusterPlan(
        name=spec.name,
        version=spec.kubernetes_version,
        subnets=tuple(subnet.key for subnet in network.of_tier(api_tier(spec))),
        service_cidr=None,
        kms_key_arn=spec.encryption.kms_key_arn,
        kms_deletion_window_days=spec.encryption.deletion_window_days,
        logs=LogPlan(tuple(sorted(spec.logging.types)), spec.logging.retention_days),
        auto_mode_pools=tuple(sorted(spec.auto_mode.node_pools)) if spec.auto_mode else (),
        identity=parts.identity,
        addons=tuple(_addon(spec, addon, why) for addon, why in parts.addons),
        node_groups=plan_node_groups(spec, network, features),
        fargate=plan_fargate(spec, network),
        access_entries=tuple(_entries(spec, region)),
        roles=roles,
        reasons=_reasons(spec, parts),
    )


def _addon(spec: ClusterSpec, addon: AddonFacts, why: str) -> AddonPlan:
    asked = spec.addons.get(addon.name) or Addon.model_validate({})
    before = addon.before_nodes and bool(spec.groups)
    order = "; before the first node" if before else "; after the first nodes, which its pods need"
    return AddonPlan(
        name=addon.name,
        version=asked.version,
        configuration={**_configuration(spec, addon), **asked.configuration},
        role=f"addon-{addon.name}" if addon.needs_role else None,
        service_account=addon.service_account,
        before_nodes=before,
        reason=why + order,
    )


def _configuration(spec: ClusterSpec, addon: AddonFacts) -> dict[str, Any]:
    """Return what this cluster needs an add-on to be told: CoreDNS must be sent to Fargate where there is nothing
    else."""
    configuration = dict(addon.configuration)
    if addon.name == "coredns" and not spec.groups:
        configuration["computeType"] = "Fargate"
    return configuration


def _entries(spec: ClusterSpec, region: Region) -> list[AccessEntryPlan]:
    found: list[AccessEntryPlan] = []
    for entry in sorted(spec.access_entries, key=lambda entry: (entry.principal_arn, entry.policy)):
        name = entry.principal_arn.rpartition("/")[2]
        policy = region.partition.arn("eks", f"cluster-access-policy/{entry.policy}", account="aws")
        key = f"{name}-{entry.policy.removeprefix('AmazonEKS').removesuffix('Policy').lower()}"
        if any(other.key == key for other in found):
            key = f"{key}-{entry.principal_arn.split(':')[4]}"
        found.append(AccessEntryPlan(key, entry.principal_arn, policy, tuple(sorted(entry.namespaces))))
    return found


def _reasons(spec: ClusterSpec, parts: Parts) -> tuple[str, ...]:
    key = "with the key of the spec" if spec.encryption.kms_key_arn else "with a key made here"
    return (
        "the API is private from the first apply: endpoint_public_access is false, endpoint_private_access true (R2)",
        "authentication mode API: access entries alone, no aws-auth map",
        "EKS's unmanaged add-ons are off: each add-on is installed here, the CNI before the first node (R16)",
        f"Kubernetes secrets are encrypted {key}",
        f"control-plane logs: {', '.join(sorted(spec.logging.types))}, kept {spec.logging.retention_days} days",
        *parts.reasons,
    )

"""What the cluster uses, as words of the catalogue: endpoints, rules and roles follow from them."""

from __future__ import annotations

from collections.abc import Iterable

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.features import Feature, with_implied
from eksclave.spec.model import ClusterSpec


def features_of(spec: ClusterSpec, parts: Iterable[AddonFacts], identity: str) -> frozenset[Feature]:
    """Return the features that hold for a spec with these add-ons and controllers."""
    found = {feature for part in parts for feature in part.features}
    if spec.groups:
        found.add(Feature.MANAGED_NODES)
        found |= {Feature.AL2023 if group.ami == "al2023" else Feature.BOTTLEROCKET for group in spec.groups}
    if spec.auto_mode:
        found |= {Feature.AUTO_MODE, Feature.POD_IDENTITY}
    if spec.fargate_profiles:
        found.add(Feature.FARGATE)
    found.discard(Feature.POD_IDENTITY)
    found.add(Feature.IRSA if identity == "irsa" else Feature.POD_IDENTITY)
    if any(part.pods_read_imds for part in parts):
        found.add(Feature.PODS_READ_IMDS)
    if spec.access.bastion.enabled:
        found |= {Feature.BASTION, Feature.SSM_BASTION}
    if spec.access.peered_vpcs:
        found |= {Feature.PEERING, Feature.PEERED_OPERATORS}
    if spec.access.transit_gateway or spec.access.operator_cidrs:
        found.add(Feature.PEERED_OPERATORS)
    if spec.workloads.ingresses or Feature.LOAD_BALANCER_CONTROLLER in found or spec.auto_mode:
        found.add(Feature.INGRESS)
    if spec.registry.pull_through_cache:
        found.add(Feature.PULL_THROUGH_CACHE)
    return with_implied(found)

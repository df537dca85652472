"""`build(spec)`: every decision about one cluster, pure, ordered, literal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from eksclave.catalog.features import Feature
from eksclave.catalog.regions import Region, find_region
from eksclave.catalog.registries import BOTTLEROCKET_REPOSITORIES
from eksclave.catalog.versions import is_newer_than_known
from eksclave.design.access import bastion_role, plan_access, without_route
from eksclave.design.cluster import plan_cluster
from eksclave.design.endpoints import not_offered, plan_endpoints
from eksclave.design.features import features_of
from eksclave.design.iam import plan_roles
from eksclave.design.images import plan_images
from eksclave.design.model import Design, RolePlan
from eksclave.design.network import plan_network
from eksclave.design.parts import Parts, choose_parts
from eksclave.design.policies import PolicyContext
from eksclave.design.registry import plan_registry
from eksclave.design.state import plan_providers, plan_state
from eksclave.design.tags import common_tags
from eksclave.design.workloads import plan_workloads
from eksclave.spec.model import ClusterSpec


def build(spec: ClusterSpec, digests: Mapping[str, str] | None = None) -> Design:
    """Return the design of a spec; `digests` are the locked ones of images, by canonical name."""
    region = find_region(spec.region)
    parts = choose_parts(spec)
    features = features_of(spec, parts.facts, parts.identity)
    network = plan_network(spec, region, features)
    roles = plan_roles(spec, region, parts)
    images = plan_images(spec, region, parts, digests)
    context = _policy_context(spec, region, parts, roles)
    return Design(
        name=spec.name,
        region=spec.region,
        account=spec.account,
        partition=region.partition.id,
        dns_suffix=region.partition.dns_suffix,
        features=tuple(sorted(feature.value for feature in features)),
        network=network,
        endpoints=plan_endpoints(spec, region, network, features, parts.facts, context),
        registry=plan_registry(spec, region, images),
        cluster=plan_cluster(spec, region, network, features, parts, roles),
        access=plan_access(spec, region, network),
        workloads=plan_workloads(spec, region, network, parts, digests or {}),
        images=images,
        tags=common_tags(spec),
        state=plan_state(spec),
        providers=plan_providers(spec),
        warnings=tuple(_warnings(spec, region, parts, features)),
    )


def _policy_context(spec: ClusterSpec, region: Region, parts: Parts, roles: tuple[RolePlan, ...]) -> PolicyContext:
    bastion = (bastion_role(spec, region),) if spec.access.bastion.enabled else ()
    inside = tuple(role for role in roles if role.key != "cluster")
    return PolicyContext(
        region=region,
        account=spec.account,
        roles=(*inside, *bastion),
        extra=frozenset(spec.endpoints.extra),
        cache_prefixes=tuple(sorted(rule.prefix for rule in spec.registry.pull_through_cache)),
        foreign_repositories=tuple(sorted(_foreign_repositories(spec, parts))),
        bastion=spec.access.bastion.enabled,
    )


def _foreign_repositories(spec: ClusterSpec, parts: Parts) -> set[str]:
    """Return repositories that are pulled from AWS accounts beside the add-on registry's."""
    found = {name for part in parts.facts for name in part.image_accounts}
    bottlerocket = any(group.ami == "bottlerocket" for group in spec.groups)
    return found | ({BOTTLEROCKET_REPOSITORIES} if bottlerocket else set())


def _warnings(spec: ClusterSpec, region: Region, parts: Parts, features: Set[Feature]) -> Iterator[str]:
    if is_newer_than_known(spec.kubernetes_version):
        yield f"Kubernetes {spec.kubernetes_version} is newer than this catalogue; check the images of controllers"
    yield from not_offered(spec, region, features, parts.facts)
    yield from without_route(spec)
    for part in parts.facts:
        if part.caveat and part.name in spec.addons:
            yield f"{part.name}: {part.caveat}"
    if spec.registry.pull_through_cache:
        yield "pull-through cache: the first pull of an image needs a way out (R9); warm the cache from outside"
    for group in spec.groups:
        if group.disk.kms_key_arn:
            yield f"node group {group.name}: its disk key's policy must admit the service-linked role of Auto Scaling"
    if spec.network.existing and not spec.network.existing.cidrs:
        yield "the existing VPC's ranges are not in the spec: overlaps with operators' networks were not checked"

"""The account's own registry: a repository for every image that is copied, cache rules for those that are not."""

from __future__ import annotations

from eksclave.catalog.regions import Region
from eksclave.catalog.registries import UPSTREAM_NAMES, UPSTREAM_URLS
from eksclave.design.model import CacheRulePlan, ImagePlan, RegistryPlan, RepositoryPlan
from eksclave.spec.model import ClusterSpec


def plan_registry(spec: ClusterSpec, region: Region, images: tuple[ImagePlan, ...]) -> RegistryPlan:
    """Return the registry with one repository per mirrored image, by name."""
    owners: dict[str, set[str]] = {}
    for image in images:
        if image.repository is not None:
            owners.setdefault(image.repository, set()).update(image.required_by)
    repositories = tuple(
        RepositoryPlan(name.removeprefix(f"{spec.registry.prefix}/"), name, tuple(sorted(owners[name])))
        for name in sorted(owners)
    )
    rules = tuple(
        CacheRulePlan(rule.prefix, UPSTREAM_URLS[rule.upstream], UPSTREAM_NAMES[rule.upstream], rule.credential_arn)
        for rule in sorted(spec.registry.pull_through_cache, key=lambda rule: rule.prefix)
    )
    return RegistryPlan(
        host=region.partition.ecr_host(spec.account, spec.region),
        prefix=spec.registry.prefix,
        kms_key_arn=spec.registry.kms_key_arn,
        scan_on_push=spec.registry.scan_on_push,
        keep_untagged_days=spec.registry.keep_untagged_days,
        repositories=repositories,
        cache_rules=rules,
    )

"""The account's own registry: a repository for every image that is copied, cache rules for those that are not."""

from __future__ import annotations

from dataclasses import replace

from eksclave.catalog.regions import Region
from eksclave.catalog.registries import UPSTREAM_NAMES, UPSTREAM_URLS
from eksclave.design.iam import service_role
from eksclave.design.model import CacheRulePlan, ImagePlan, PolicyStatement, RegistryPlan, RepositoryPlan, RolePlan
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
        cache_role=_cache_role(spec, region, spec.registry.kms_key_arn)
        if rules and spec.registry.kms_key_arn
        else None,
    )


def _cache_role(spec: ClusterSpec, region: Region, key: str) -> RolePlan:
    """Return the role that templates with a key must name (ECR user guide, "Create an IAM role for repository creation
    templates"; its actions: "Create a custom policy for repository creation templates")."""
    prefixes = sorted(rule.prefix for rule in spec.registry.pull_through_cache)
    repositories = tuple(
        region.partition.arn("ecr", f"repository/{prefix}/*", spec.region, spec.account) for prefix in prefixes
    )
    make = ("ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource")
    role = service_role(
        spec, region, "registry-cache", "ecr.amazonaws.com", (), "ECR makes cached repositories with it"
    )
    statements = (
        PolicyStatement("MakeCachedRepositories", make, repositories),
        PolicyStatement("UseKey", ("kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"), (key,)),
    )
    return replace(role, statements=statements)

"""`registry` and every image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.design.model.iam import RolePlan


@dataclass(frozen=True)
class ImagePlan:
    """One image that will run. `canonical` is the upstream reference, `mirrored` what the cluster pulls.

    `origin`: `aws` is in an in-Region AWS registry and pulled as it is; `cache` comes through a pull-through rule;
    `copy` must be copied into `repository`.
    """

    canonical: str
    mirrored: str
    origin: Literal["aws", "cache", "copy"]
    repository: str | None
    required_by: tuple[str, ...]


@dataclass(frozen=True)
class RepositoryPlan:
    """One ECR repository; `key` names the construct."""

    key: str
    name: str
    required_by: tuple[str, ...]


@dataclass(frozen=True)
class CacheRulePlan:
    """One pull-through cache rule and the creation template of its prefix."""

    prefix: str
    upstream_url: str
    upstream_name: str
    credential_arn: str | None


@dataclass(frozen=True)
class RegistryPlan:
    """The registry of this account and Region. `host` is `ACCOUNT.dkr.ecr.REGION.SUFFIX`."""

    host: str
    prefix: str
    kms_key_arn: str | None
    scan_on_push: bool
    keep_untagged_days: int
    repositories: tuple[RepositoryPlan, ...]
    cache_rules: tuple[CacheRulePlan, ...]
    cache_role: RolePlan | None = None
    """What ECR takes to make cached repositories with a key; without a key its own service-linked role is enough."""
    locked_images: tuple[str, ...] = ()
    """What the lock file holds, as `REPOSITORY@DIGEST`."""

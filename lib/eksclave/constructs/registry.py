"""The registry that every image is mirrored into."""

from __future__ import annotations

from typing import Any, ClassVar

from eksclave.constructs.documents import document
from eksclave.constructs.part import Part
from eksclave.constructs.role import ServiceRole
from eksclave.contracts import RegistryOutputs
from eksclave.design.model import CacheRulePlan, RegistryPlan, RepositoryPlan
from eksclave.toolkit import Construct, aws


class MirrorRegistry(Part):
    """ECR repositories with immutable tags, scanning and expiry, pull-through cache rules and their templates."""

    usual_id: ClassVar[str] = "registry"

    def __init__(self, scope: Construct, id: str, *, plan: RegistryPlan) -> None:
        super().__init__(scope, id)
        self._plan = plan
        self.repository_urls = {repository.name: self._repository(repository) for repository in plan.repositories}
        role = ServiceRole(self, f"role-{plan.cache_role.key}", plan=plan.cache_role) if plan.cache_role else None
        for rule in plan.cache_rules:
            self._cache(rule, role)
        self.outputs = RegistryOutputs(plan.host, plan.prefix, self.repository_urls, plan.locked_images)

    def _repository(self, plan: RepositoryPlan) -> str:
        repository = aws.ecr_repository.EcrRepository(
            self,
            plan.key,
            name=plan.name,
            image_tag_mutability="IMMUTABLE",
            encryption_configuration=[
                aws.ecr_repository.EcrRepositoryEncryptionConfiguration(
                    encryption_type="KMS" if self._plan.kms_key_arn else "AES256", kms_key=self._plan.kms_key_arn
                )
            ],
            image_scanning_configuration=aws.ecr_repository.EcrRepositoryImageScanningConfiguration(
                scan_on_push=self._plan.scan_on_push
            ),
        )
        self.named(repository, plan.key)
        expiry = aws.ecr_lifecycle_policy.EcrLifecyclePolicy(
            self, f"{plan.key}-expiry", repository=repository.name, policy=document(self._expiry())
        )
        self.named(expiry, plan.key)
        return repository.repository_url

    def _cache(self, plan: CacheRulePlan, role: ServiceRole | None) -> None:
        rule = aws.ecr_pull_through_cache_rule.EcrPullThroughCacheRule(
            self,
            f"cache-{plan.prefix}",
            ecr_repository_prefix=plan.prefix,
            upstream_registry_url=plan.upstream_url,
            credential_arn=plan.credential_arn,
        )
        self.named(rule, plan.prefix)
        # No lifecycle policy: a tag that moves upstream leaves the digest that the lock file names without a tag.
        template = aws.ecr_repository_creation_template.EcrRepositoryCreationTemplate(
            self,
            f"cache-{plan.prefix}-template",
            prefix=plan.prefix,
            description=f"repositories that cache {plan.upstream_name}",
            applied_for=["PULL_THROUGH_CACHE"],
            image_tag_mutability="MUTABLE",  # a cached tag follows its upstream
            encryption_configuration=[
                aws.ecr_repository_creation_template.EcrRepositoryCreationTemplateEncryptionConfiguration(
                    encryption_type="KMS" if self._plan.kms_key_arn else "AES256", kms_key=self._plan.kms_key_arn
                )
            ],
            custom_role_arn=role.arn if role else None,
            depends_on=role.attached if role else None,
        )
        self.named(template, plan.prefix)

    def _expiry(self) -> dict[str, Any]:
        """Return a lifecycle policy: untagged images go; tagged ones stay, for a pod may name one by its digest.

        What an index lists stays with it (ECR user guide, lifecycle policies: an image that a manifest list refers to
        does not expire before the list), and whatever `images copy` brings has a tag, or is listed by what has one.
        """
        selection = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": self._plan.keep_untagged_days,
        }
        rule = {
            "rulePriority": 1,
            "description": "untagged images",
            "selection": selection,
            "action": {"type": "expire"},
        }
        return {"rules": [rule]}

"""Pull-through cache rules and repository creation templates of one registry."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecr.models import ECRBackend as MotoECRBackend

Json = dict[str, Any]

UPSTREAMS = {
    "public.ecr.aws": "ecr-public",
    "quay.io": "quay",
    "registry.k8s.io": "k8s",
    "registry-1.docker.io": "docker-hub",
    "ghcr.io": "github-container-registry",
    "registry.gitlab.com": "gitlab-container-registry",
}
"""Upstream host → its name in the API (ECR user guide, "Sync an upstream registry"). Azure's end in azurecr.io."""

WITH_SECRET = {"docker-hub", "github-container-registry", "gitlab-container-registry", "azure-container-registry"}
_PREFIX = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?|ROOT")
_SECRET = re.compile(r"arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:ecr-pullthroughcache/.+")


class ECRError(ServiceException):
    """One of the errors that ECR documents."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


class ECRBackend(MotoECRBackend):
    """Amazon ECR of one account and region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.cache_rules: dict[str, Json] = {}
        self.templates: dict[str, Json] = {}

    def create_pull_through_cache_rule(self, ask: Json) -> Json:
        """CreatePullThroughCacheRule."""
        prefix, host = _checked(ask["ecrRepositoryPrefix"]), ask["upstreamRegistryUrl"]
        if prefix in self.cache_rules:
            raise ECRError("PullThroughCacheRuleAlreadyExistsException",
                           f"A pull through cache rule with repository prefix '{prefix}' already exists")  # fmt: skip
        upstream = UPSTREAMS.get(host) or ("azure-container-registry" if host.endswith(".azurecr.io") else None)
        upstream = upstream or ("ecr" if re.search(r"\.dkr\.ecr\..*\.amazonaws\.com", host) else None)
        if upstream is None:
            raise ECRError(
                "UnsupportedUpstreamRegistryException", f"The specified upstream registry '{host}' is not supported"
            )
        self._check_secret(upstream, ask.get("credentialArn"))
        self.cache_rules[prefix] = {
            "ecrRepositoryPrefix": prefix,
            "upstreamRegistryUrl": host,
            "upstreamRegistry": upstream,
            "upstreamRepositoryPrefix": ask.get("upstreamRepositoryPrefix"),
            "credentialArn": ask.get("credentialArn"),
            "customRoleArn": ask.get("customRoleArn"),
            "registryId": self.account_id,
            "createdAt": _now(),
            "updatedAt": _now(),
        }
        return self.cache_rules[prefix]

    def describe_pull_through_cache_rules(self, ask: Json) -> Json:
        """DescribePullThroughCacheRules."""
        asked = ask.get("ecrRepositoryPrefixes") or sorted(self.cache_rules)
        return {"pullThroughCacheRules": [self._rule(prefix) for prefix in asked]}

    def update_pull_through_cache_rule(self, ask: Json) -> Json:
        """UpdatePullThroughCacheRule."""
        rule = self._rule(ask["ecrRepositoryPrefix"])
        self._check_secret(rule["upstreamRegistry"], ask.get("credentialArn"))
        rule |= {word: ask[word] for word in ("credentialArn", "customRoleArn") if ask.get(word)} | {
            "updatedAt": _now()
        }
        return rule

    def delete_pull_through_cache_rule(self, ask: Json) -> Json:
        """DeletePullThroughCacheRule."""
        self._rule(ask["ecrRepositoryPrefix"])
        return self.cache_rules.pop(ask["ecrRepositoryPrefix"])

    def validate_pull_through_cache_rule(self, ask: Json) -> Json:
        """ValidatePullThroughCacheRule."""
        return self._rule(ask["ecrRepositoryPrefix"]) | {"isValid": True}

    def create_repository_creation_template(self, ask: Json) -> Json:
        """CreateRepositoryCreationTemplate."""
        prefix = _checked(ask["prefix"])
        if prefix in self.templates:
            raise ECRError("TemplateAlreadyExistsException", f"A template with prefix '{prefix}' already exists")
        self._check_template(ask)
        words = (
            "description",
            "imageTagMutabilityExclusionFilters",
            "repositoryPolicy",
            "lifecyclePolicy",
            "customRoleArn",
        )
        self.templates[prefix] = {word: ask.get(word) for word in words} | {
            "prefix": prefix,
            "encryptionConfiguration": ask.get("encryptionConfiguration") or {"encryptionType": "AES256"},
            "resourceTags": ask.get("resourceTags") or [],
            "imageTagMutability": ask.get("imageTagMutability") or "MUTABLE",
            "appliedFor": ask["appliedFor"],
            "createdAt": _now(),
            "updatedAt": _now(),
        }
        return self._told(prefix)

    def describe_repository_creation_templates(self, ask: Json) -> Json:
        """DescribeRepositoryCreationTemplates: unknown prefixes are left out, not an error."""
        asked = ask.get("prefixes") or sorted(self.templates)
        found = [self.templates[prefix] for prefix in asked if prefix in self.templates]
        return {"registryId": self.account_id, "repositoryCreationTemplates": found}

    def update_repository_creation_template(self, ask: Json) -> Json:
        """UpdateRepositoryCreationTemplate."""
        self._told(ask["prefix"])
        self._check_template(ask)
        self.templates[ask["prefix"]] |= {k: v for k, v in ask.items() if v is not None} | {"updatedAt": _now()}
        return self._told(ask["prefix"])

    def delete_repository_creation_template(self, ask: Json) -> Json:
        """DeleteRepositoryCreationTemplate."""
        told = self._told(ask["prefix"])
        del self.templates[ask["prefix"]]
        return told

    def get_account_setting(self, ask: Json) -> Json:
        """GetAccountSetting."""
        defaults = {"BASIC_SCAN_TYPE_VERSION": "AWS_NATIVE", "REGISTRY_POLICY_SCOPE": "V2", "BLOB_MOUNTING": "DISABLED"}
        return {"name": ask["name"], "value": self._settings.get(ask["name"]) or defaults.get(ask["name"], "")}

    def put_account_setting(self, ask: Json) -> Json:
        """PutAccountSetting."""
        self._settings[ask["name"]] = ask["value"]
        return {"name": ask["name"], "value": ask["value"]}

    @property
    def _settings(self) -> dict[str, str]:
        return self.__dict__.setdefault("account_settings", {})

    def _rule(self, prefix: str) -> Json:
        if prefix not in self.cache_rules:
            raise ECRError("PullThroughCacheRuleNotFoundException",
                           f"The pull through cache rule with prefix '{prefix}' was not found")  # fmt: skip
        return self.cache_rules[prefix]

    def _told(self, prefix: str) -> Json:
        if prefix not in self.templates:
            raise ECRError("TemplateNotFoundException", f"The template with prefix '{prefix}' was not found")
        return {"registryId": self.account_id, "repositoryCreationTemplate": self.templates[prefix]}

    @staticmethod
    def _check_secret(upstream: str, arn: str | None) -> None:
        """Docker Hub, GitHub, GitLab and Azure need a secret whose name begins with `ecr-pullthroughcache/`."""
        if upstream in WITH_SECRET and not arn:
            raise ECRError("InvalidParameterException", f"the upstream registry '{upstream}' needs a credentialArn")
        if arn and not _SECRET.fullmatch(arn):
            raise ECRError(
                "InvalidParameterException", f"the secret's name must begin with 'ecr-pullthroughcache/': {arn}"
            )

    @staticmethod
    def _check_template(ask: Json) -> None:
        kms = (ask.get("encryptionConfiguration") or {}).get("encryptionType") == "KMS"
        if (kms or ask.get("resourceTags")) and not ask.get("customRoleArn"):
            raise ECRError("InvalidParameterException", "a template with KMS encryption or tags needs a customRoleArn")


def _checked(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise ECRError(
            "InvalidParameterException", f"Invalid parameter at 'prefix': '{prefix}' does not fit the pattern"
        )
    return prefix


def _now() -> datetime:
    return datetime.now(UTC)

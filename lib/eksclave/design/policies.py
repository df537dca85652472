"""Endpoint policies with least privilege: what the roles of this cluster may do, and nothing for other accounts'
principals.

A policy says Principal "*" and narrows by condition: an account as principal would mean its root user alone (R14).
STS answers AssumeRoleWithWebIdentity without any principal key, so that statement carries no condition (R13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eksclave.catalog.managed_policies import actions_of
from eksclave.catalog.regions import Region
from eksclave.catalog.registries import addon_account, starport_bucket
from eksclave.catalog.services import EndpointService
from eksclave.design.model import RolePlan

Policy = dict[str, Any]

# AL2023 user guide, "Deterministic upgrades": repositories lie in this bucket. SSM user guide, "SSM Agent
# communications".
_AL2023_BUCKET = "al2023-repos-{region}-de612dc2"
_SSM_BUCKETS = ("amazon-ssm-{region}", "aws-ssm-{region}", "{region}-birdwatcher-prod")
_ECR_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


@dataclass(frozen=True)
class PolicyContext:
    """What endpoint policies are made from."""

    region: Region
    account: str
    roles: tuple[RolePlan, ...]
    extra: frozenset[str]
    """Services that the spec asks for beyond the features: the pods of this account may use them whole."""
    cache_prefixes: tuple[str, ...]
    foreign_repositories: tuple[str, ...]
    bastion: bool

    def arn(self, service: str, resource: str, account: str | None = None) -> str:
        """Return an ARN in this Region."""
        return self.region.partition.arn(service, resource, self.region.name, account or self.account)


def endpoint_policy(service: EndpointService, context: PolicyContext) -> Policy | None:
    """Return the policy document of an endpoint, or None where it takes none, or nobody knows whether it does."""
    if service.policy != "yes":
        return None
    special = {"ecr.api": _ecr, "ecr.dkr": _ecr, "s3": _s3, "sts": _sts}
    statements = special[service.suffix](context) if service.suffix in special else _by_roles(service, context)
    if service.suffix in context.extra:
        statements = [*statements, _own(f"{_word(service)}OfThisAccount", [f"{service.action_prefix}:*"], context)]
    return {"Version": "2012-10-17", "Statement": statements}


def _by_roles(service: EndpointService, context: PolicyContext) -> list[dict[str, Any]]:
    """Return one statement with every action that a role of this cluster may ask of the service."""
    prefix = f"{service.action_prefix}:"
    actions = sorted(action for action in _role_actions(context.roles) if action.startswith(prefix))
    return [_own(f"{_word(service)}OfThisCluster", actions or [f"{prefix}*"], context)]


def _role_actions(roles: Iterable[RolePlan]) -> set[str]:
    found = {action for role in roles for policy in role.managed_policies for action in actions_of(policy)}
    return found | {action for role in roles for statement in role.statements for action in statement.actions}


def _ecr(context: PolicyContext) -> list[dict[str, Any]]:
    own = context.arn("ecr", "repository/*")
    aws = context.arn("ecr", "repository/*", addon_account(context.region.name))
    foreign = [context.arn("ecr", f"repository/{name}", "*") for name in context.foreign_repositories]
    statements = [
        _own("Login", ["ecr:GetAuthorizationToken"], context),
        _allow("PullOwnAndAddonImages", _ECR_PULL, sorted([own, aws, *foreign])),
    ]
    if context.cache_prefixes:
        arns = [context.arn("ecr", f"repository/{prefix}/*") for prefix in context.cache_prefixes]
        statements.append(_allow("FillCache", ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository"), arns))
    return statements


def _s3(context: PolicyContext) -> list[dict[str, Any]]:
    region, arn = context.region.name, context.region.partition.arn
    buckets = [_AL2023_BUCKET.format(region=region)]
    if context.bastion:
        buckets += [bucket.format(region=region) for bucket in _SSM_BUCKETS]
    statements = [
        _allow("ImageLayers", ("s3:GetObject",), [arn("s3", f"{starport_bucket(region)}/*")]),
        _allow("PackagesAndAgents", ("s3:GetObject",), sorted(arn("s3", f"{bucket}/*") for bucket in buckets)),
    ]
    actions = sorted(action for action in _role_actions(context.roles) if action.startswith("s3:"))
    if actions:
        statements.append(_own("BucketsOfThisCluster", actions, context))
    return statements


def _sts(context: PolicyContext) -> list[dict[str, Any]]:
    roles = context.region.partition.arn("iam", "role/*", account=context.account)
    return [
        _allow("WebIdentity", ("sts:AssumeRoleWithWebIdentity",), [roles]),
        _own("OwnRoles", ["sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession"], context),
    ]


def _own(sid: str, actions: Sequence[str], context: PolicyContext) -> dict[str, Any]:
    """Return a statement for principals of this account alone."""
    return {
        **_allow(sid, actions, ["*"]),
        "Condition": {"StringEquals": {"aws:PrincipalAccount": context.account}},
    }


def _allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": list(resources)}


def _word(service: EndpointService) -> str:
    return "".join(part.capitalize() for part in service.suffix.replace("-", ".").split("."))

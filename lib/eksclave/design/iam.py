"""Roles with least privilege: the cluster's, the nodes', Fargate's, and one for every add-on that calls AWS."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eksclave.catalog.addons.facts import AddonFacts, Permission
from eksclave.catalog.regions import Region
from eksclave.design.model import PolicyStatement, RolePlan
from eksclave.design.parts import Parts
from eksclave.spec.model import ClusterSpec

POD_IDENTITY_PRINCIPAL = "pods.eks.amazonaws.com"
_WITH_TAGS = ("sts:AssumeRole", "sts:TagSession")
_AUTO_MODE_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)


def plan_roles(spec: ClusterSpec, region: Region, parts: Parts) -> tuple[RolePlan, ...]:
    """Return every role of the cluster stack, by key."""
    roles = [_cluster(spec, region)]
    if spec.groups or spec.auto_mode:
        roles.append(_node(spec, region))
    if spec.fargate_profiles:
        roles.append(_fargate(spec, region))
    for addon, _ in parts.addons:
        if addon.needs_role:
            roles.append(_pod_role(spec, region, parts, addon, f"addon-{addon.name}"))
    for controller, _, _ in parts.controllers:
        roles.append(_pod_role(spec, region, parts, controller, f"controller-{controller.name}"))
    return tuple(sorted(roles, key=lambda role: role.key))


def role_name(spec: ClusterSpec, key: str) -> str:
    """Return the name of a role: unique in the account, though IAM knows no Regions, and at most 64 long."""
    name = f"{spec.name}-{spec.region}-{key}"
    if len(name) <= 64:
        return name
    return f"{name[:55]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def service_role(
    spec: ClusterSpec, region: Region, key: str, principal: str, policies: tuple[str, ...], reason: str
) -> RolePlan:
    """Return a role that an AWS service takes, with managed policies by name."""
    arns = tuple(region.partition.managed_policy(policy) for policy in policies)
    return RolePlan(key, role_name(spec, key), "service", principal, None, None, arns, (), reason)


def _cluster(spec: ClusterSpec, region: Region) -> RolePlan:
    policies = ("AmazonEKSClusterPolicy", *(_AUTO_MODE_POLICIES if spec.auto_mode else ()))
    why = "EKS acts with it in this account" + ("; Auto Mode makes nodes and load balancers" if spec.auto_mode else "")
    role = service_role(spec, region, "cluster", "eks.amazonaws.com", policies, why)
    if not spec.auto_mode:
        return role
    return replace(role, trust_actions=_WITH_TAGS)


def _node(spec: ClusterSpec, region: Region) -> RolePlan:
    # EKS user guide, create-node-role and auto-node-iam-role: the minimal policy has no ec2:DescribeInstances, which
    # nodeadm waits for (N1), so managed groups take the whole worker policy.
    worker = "AmazonEKSWorkerNodeMinimalPolicy" if spec.auto_mode else "AmazonEKSWorkerNodePolicy"
    policies = (worker, "AmazonEC2ContainerRegistryPullOnly")
    why = "kubelets join, pull images and hand out pod identities; the CNI has a role of its own (R6)"
    role = service_role(spec, region, "node", region.partition.ec2_principal, policies, why)
    statements = tuple(_cache_statements(spec, region))
    return replace(role, statements=statements) if statements else role


def _cache_statements(spec: ClusterSpec, region: Region) -> Iterator[PolicyStatement]:
    prefixes = sorted(rule.prefix for rule in spec.registry.pull_through_cache)
    if prefixes:
        arns = tuple(
            region.partition.arn("ecr", f"repository/{prefix}/*", spec.region, spec.account) for prefix in prefixes
        )
        yield PolicyStatement("PullThroughCache", ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository"), arns)


def _fargate(spec: ClusterSpec, region: Region) -> RolePlan:
    policies = ("AmazonEKSFargatePodExecutionRolePolicy",)
    why = "Fargate's kubelets join and pull images"
    return service_role(spec, region, "fargate", "eks-fargate-pods.amazonaws.com", policies, why)


def _pod_role(spec: ClusterSpec, region: Region, parts: Parts, addon: AddonFacts, key: str) -> RolePlan:
    irsa = parts.identity == "irsa"
    return RolePlan(
        key=key,
        name=role_name(spec, key),
        trust=parts.identity,
        principal=None if irsa else POD_IDENTITY_PRINCIPAL,
        namespace=addon.namespace,
        service_account=addon.service_account,
        managed_policies=tuple(region.partition.managed_policy(policy) for policy in addon.managed_policies),
        statements=tuple(_filled(permission, spec, region) for permission in addon.permissions),
        reason=f"{addon.name}: {addon.summary}",
        trust_actions=("sts:AssumeRoleWithWebIdentity",) if irsa else _WITH_TAGS,
    )


def _filled(permission: Permission, spec: ClusterSpec, region: Region) -> PolicyStatement:
    values = {
        "partition": region.partition.id,
        "region": spec.region,
        "account": spec.account,
        "cluster": spec.name,
    }
    resources = tuple(resource.format(**values) for resource in permission.resources)
    return PolicyStatement(permission.sid, permission.actions, resources, _conditions(permission.conditions, values))


def _conditions(conditions: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]) -> dict[str, Any]:
    return {
        operator: {key.format(**values): list(v) if isinstance(v, tuple) else v for key, v in tests.items()}
        for operator, tests in conditions.items()
    }

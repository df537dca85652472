"""Roles and their permissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class PolicyStatement:
    """One Allow statement of an inline policy."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RolePlan:
    """One IAM role. `key` names the construct (`node`, `cluster`, `addon-vpc-cni`, `bastion` ...).

    `trust` says who may take it: `service` (then `principal` is `ec2.amazonaws.com` and the like), `pod-identity`, or
    `irsa` (then the trust policy names the cluster's OIDC provider and the service account, known only in the stack).
    `managed_policies` are full ARNs.
    """

    key: str
    name: str
    trust: Literal["service", "pod-identity", "irsa"]
    principal: str | None
    namespace: str | None
    service_account: str | None
    managed_policies: tuple[str, ...]
    statements: tuple[PolicyStatement, ...]
    reason: str
    trust_actions: tuple[str, ...] = ("sts:AssumeRole",)
    """What the trust policy allows: Pod Identity and Auto Mode's cluster role need sts:TagSession too."""

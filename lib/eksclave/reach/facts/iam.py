"""IAM policies and roles."""

from __future__ import annotations

from typing import TypeAlias

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Origin, Value

Patterns: TypeAlias = Value[tuple[str, ...]]
"""Texts with `*` and `?` as IAM reads them, and HOLE for parts that are not known before apply."""


@fact
class Condition:
    """One line of a condition block: `ForAnyValue:StringLike`, `aws:PrincipalArn`, the values.

    All conditions of a statement must hold; one holds if any of its values matches (for negated operators: if none
    does).
    """

    operator: str
    key: str
    values: Patterns


@fact
class Principal:
    """One principal: `type` is `*`, `AWS`, `Service`, `Federated` or `CanonicalUser`; `value` as written."""

    type: str
    value: str


@fact
class Statement:
    """One statement. Exactly one of `actions`/`not_actions` is set, and at most one of the other pairs.

    None means that the element is absent. A resource policy (of an endpoint) without principals matches nobody.
    """

    effect: Value[str]
    origin: Origin
    actions: Patterns | None = None
    not_actions: Patterns | None = None
    resources: Patterns | None = None
    not_resources: Patterns | None = None
    principals: Value[tuple[Principal, ...]] | None = None
    not_principals: Value[tuple[Principal, ...]] | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""


@fact
class Policy:
    """A policy document. `incomplete` says why there may be more statements."""

    statements: tuple[Statement, ...]
    origin: Origin
    incomplete: str = ""
    name: str = ""


@fact
class Role:
    """An IAM role: managed policies by ARN (`arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy`), and documents that are
    known.

    `managed_incomplete` says why more policies may be attached. `attachments` are the Terraform addresses of the
    attachments, for ordering. `boundary` tells that a permissions boundary may take rights away.
    """

    key: str
    origin: Origin
    name: Value[str]
    arn: Value[str] = AFTER_APPLY
    path: Value[str] = "/"
    trust: Value[Policy] = NOT_IN_INPUT
    managed: tuple[Value[str], ...] = ()
    policies: tuple[Value[Policy], ...] = ()
    managed_incomplete: str = ""
    attachments: tuple[str, ...] = ()
    boundary: Value[Policy | None] = None
    service_accounts: Value[tuple[str, ...]] = ()
    """`namespace:name` of the Kubernetes service accounts that the trust policy names through an OIDC provider."""


@fact
class InstanceProfile:
    """An instance profile and its role."""

    key: str
    origin: Origin
    name: Value[str]
    role: Value[str]


@fact
class OidcProvider:
    """An IAM OIDC provider, and whether the input reads its certificate over the network (`tls_certificate`)."""

    key: str
    origin: Origin
    url: Value[str]
    cluster: Value[str] = NOT_IN_INPUT
    reads_issuer: bool = False

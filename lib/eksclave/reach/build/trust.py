"""Of several roles that an attribute may name, those that the service which takes it may assume."""

from __future__ import annotations

from typing import Any

from eksclave.reach.answer import Outcome
from eksclave.reach.build.base import Build
from eksclave.reach.build.iam import Known, role_key
from eksclave.reach.build.policies import policy
from eksclave.reach.facts.values import Value
from eksclave.reach.policies import decide_trust
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref

EC2 = "ec2.amazonaws.com"
EKS = "eks.amazonaws.com"
FARGATE = "eks-fargate-pods.amazonaws.com"
PODS = "pods.eks.amazonaws.com"


def trusted_role(build: Build, value: Any, known: Known, near: Resource | None, service: str) -> Value[str]:
    """Return the key of the role; of a choice only those that trust the service are left: EKS refuses the others.

    Source: EKS user guide, the trust policies of the cluster, node, Fargate pod execution and pod identity roles.
    """
    value = build.world.resolve(value)
    if isinstance(value, AnyOf):
        fitting = [one for one in value.candidates if _trusts(build, one, service)]
        if fitting:
            value = fitting[0] if len(fitting) == 1 else AnyOf(tuple(fitting), value.reason)
    return role_key(build, value, known, near)


def _trusts(build: Build, candidate: Any, service: str) -> bool:
    """What is not known may trust it."""
    role = build.world.resources.get(candidate.address) if isinstance(candidate, Ref) else None
    if role is None:
        return True
    origin = build.origin(role, "assume_role_policy")
    trust = policy(build, role.get("assume_role_policy"), origin)
    return decide_trust(trust, service, "sts:AssumeRole", origin).outcome is not Outcome.FAIL

"""Fargate profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eksclave.constructs.condition import Condition, require
from eksclave.constructs.part import Part
from eksclave.design.model import FargatePlan
from eksclave.toolkit import Construct, aws, cdktf


class FargateProfile(Part):
    """One Fargate profile."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster_name: str,
        pod_role_arn: str,
        subnet_ids: Mapping[str, str],
        plan: FargatePlan,
        after: Sequence[cdktf.ITerraformDependable] = (),
        only_if: Sequence[Condition] = (),
    ) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"fargate-{plan.name}" else self._prefix
        profile = aws.eks_fargate_profile.EksFargateProfile(
            self,
            "Default",
            cluster_name=cluster_name,
            fargate_profile_name=plan.name,
            pod_execution_role_arn=pod_role_arn,
            subnet_ids=[subnet_ids[key] for key in plan.subnets],
            selector=[
                aws.eks_fargate_profile.EksFargateProfileSelector(namespace=namespace, labels=dict(labels) or None)
                for namespace, labels in plan.selectors
            ],
            depends_on=list(after) or None,
        )
        self.resource = self.named(profile, plan.name)
        require(profile, only_if)

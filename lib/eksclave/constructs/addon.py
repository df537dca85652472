"""EKS add-ons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from eksclave.constructs.documents import document
from eksclave.constructs.part import Part
from eksclave.design.model import AddonPlan
from eksclave.toolkit import Construct, aws, cdktf


class Addon(Part):
    """One add-on; with a role, through Pod Identity or IRSA."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster_name: str,
        plan: AddonPlan,
        identity: Literal["pod-identity", "irsa"],
        role_arn: str | None = None,
        after: Sequence[cdktf.ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"addon-{plan.name}" else self._prefix
        by_pod_identity = role_arn is not None and plan.service_account is not None and identity == "pod-identity"
        addon = aws.eks_addon.EksAddon(
            self,
            "Default",
            cluster_name=cluster_name,
            addon_name=plan.name,
            addon_version=plan.version,
            configuration_values=document(plan.configuration) if plan.configuration else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            service_account_role_arn=None if by_pod_identity else role_arn,
            pod_identity_association=[
                aws.eks_addon.EksAddonPodIdentityAssociation(
                    role_arn=role_arn or "", service_account=plan.service_account or ""
                )
            ]
            if by_pod_identity
            else None,
            depends_on=list(after) or None,
        )
        self.resource = self.named(addon, plan.name)

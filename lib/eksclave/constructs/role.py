"""IAM roles, for services and for pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from eksclave.constructs.documents import allow, policy
from eksclave.constructs.part import Part
from eksclave.design.model import RolePlan
from eksclave.errors import EksclaveError
from eksclave.toolkit import Construct, aws, cdktf


@dataclass(frozen=True)
class OidcRefs:
    """What an IRSA trust policy needs: the provider's ARN, and the issuer without `https://`."""

    provider_arn: str
    issuer: str


class OidcProvider(Part):
    """The IAM OIDC provider of a cluster, for IRSA.

    No thumbprint: IAM trusts the issuer through its own list of root authorities, and to fetch one Terraform would have
    to reach the issuer, which the `eks` endpoint hides from the VPC (D8; eksctl docs, eks-private-cluster.md).
    """

    usual_id: ClassVar[str] = "oidc"

    def __init__(self, scope: Construct, id: str, *, issuer_url: str, audience: str = "sts.amazonaws.com") -> None:
        super().__init__(scope, id)
        provider = aws.iam_openid_connect_provider.IamOpenidConnectProvider(
            self, "Default", url=issuer_url, client_id_list=[audience]
        )
        self.named(provider, "main")
        host = cdktf.TerraformLocal(self, "issuer", cdktf.Fn.trimprefix(issuer_url, "https://"))
        self.named(host, "oidc_issuer")
        self.refs = OidcRefs(provider.arn, host.as_string)


class ServiceRole(Part):
    """One role with its trust, managed policies and inline policy. Wait for `attached` before using it."""

    usual_id: ClassVar[str] = "role"

    def __init__(self, scope: Construct, id: str, *, plan: RolePlan, oidc: OidcRefs | None = None) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"role-{plan.key}" else self._prefix
        role = aws.iam_role.IamRole(
            self,
            "Default",
            name=plan.name,
            description=plan.reason[:1000],
            assume_role_policy=policy([trust(plan, oidc)]),
        )
        self.named(role, plan.key)
        self.arn, self.name = role.arn, role.name
        self.attached: list[cdktf.ITerraformDependable] = [role]
        for arn in plan.managed_policies:
            short = arn.rpartition("/")[2]
            attachment = aws.iam_role_policy_attachment.IamRolePolicyAttachment(
                self, short, role=self.name, policy_arn=arn
            )
            self.attached.append(self.named(attachment, f"{plan.key}-{short}"))
        if plan.statements:
            inline = aws.iam_role_policy.IamRolePolicy(
                self, "inline", name=plan.key, role=self.name, policy=policy(map(allow, plan.statements))
            )
            self.attached.append(self.named(inline, plan.key))


def trust(plan: RolePlan, oidc: OidcRefs | None) -> dict[str, Any]:
    """Return the trust statement: a service, EKS Pod Identity, or a service account through the OIDC provider."""
    if plan.trust == "irsa":
        if oidc is None:
            raise EksclaveError(f"role '{plan.key}' is taken through IRSA, but no OIDC provider was given")
        subject = f"system:serviceaccount:{plan.namespace}:{plan.service_account}"
        return {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": oidc.provider_arn},
            "Condition": {"StringEquals": {f"{oidc.issuer}:sub": subject, f"{oidc.issuer}:aud": "sts.amazonaws.com"}},
        }
    principal = "pods.eks.amazonaws.com" if plan.trust == "pod-identity" else plan.principal
    # Pod Identity tags its sessions; so does Auto Mode with the cluster role (EKS guide, "Auto Mode cluster IAM role")
    tags = plan.trust == "pod-identity" or principal == "eks.amazonaws.com"
    actions = ["sts:AssumeRole", "sts:TagSession"] if tags else ["sts:AssumeRole"]
    return {"Effect": "Allow", "Action": actions, "Principal": {"Service": principal}}

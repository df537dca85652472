"""A controller that runs inside the cluster from a mirrored image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from eksclave.constructs.bundle import ManifestBundle
from eksclave.constructs.part import Part
from eksclave.constructs.pod import deployment_spec
from eksclave.design.model import ControllerPlan
from eksclave.toolkit import Construct, cdktf, kubernetes

Made = TypeVar("Made")
_Rules = tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]


class Controller(Part):
    """Service account, RBAC, Deployment and what else the plan brings. `{vpc_id}` in arguments is the VPC's id.

    `irsa_role_arn` is set where the service account takes its role through IRSA; Pod Identity needs nothing here.
    """

    def __init__(
        self, scope: Construct, id: str, *, vpc_id: str, plan: ControllerPlan, irsa_role_arn: str | None = None
    ) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"controller-{plan.key}" else self._prefix
        self._plan = plan
        self._labels = {"app.kubernetes.io/name": plan.name, "app.kubernetes.io/managed-by": "eksclave"}
        account = kubernetes.service_account_v1.ServiceAccountV1(
            self,
            "account",
            metadata={
                "name": plan.service_account.name,
                "namespace": plan.service_account.namespace,
                "labels": self._labels,
                "annotations": {"eks.amazonaws.com/role-arn": irsa_role_arn} if irsa_role_arn else None,
            },
        )
        self.named(account, plan.key)
        self._first: list[cdktf.ITerraformDependable] = [account]
        if plan.cluster_rules:
            self._cluster_role()
        if plan.namespace_rules:
            self._role()
        self._first += ManifestBundle(self, "manifests", key=plan.key, manifests=plan.manifests).resources
        self.resource = self._deployment([argument.replace("{vpc_id}", vpc_id) for argument in plan.arguments])

    def _metadata(self, namespaced: bool = True) -> dict[str, Any]:
        place = {"namespace": self._plan.namespace} if namespaced else {}
        return {"name": self._plan.name, "labels": self._labels, **place}

    def _subject(self, kind: Callable[..., Made]) -> list[Made]:
        account = self._plan.service_account
        return [kind(kind="ServiceAccount", name=account.name, namespace=account.namespace)]

    def _cluster_role(self) -> None:
        role = kubernetes.cluster_role_v1.ClusterRoleV1(
            self,
            "cluster-role",
            metadata=self._metadata(False),
            rule=_rules(kubernetes.cluster_role_v1.ClusterRoleV1Rule, self._plan.cluster_rules),
        )
        self.named(role, self._plan.key)
        binding = kubernetes.cluster_role_binding_v1.ClusterRoleBindingV1(
            self,
            "cluster-role-binding",
            metadata=self._metadata(False),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": self._plan.name},
            subject=self._subject(kubernetes.cluster_role_binding_v1.ClusterRoleBindingV1Subject),
        )
        self._first.append(self.named(binding, self._plan.key))

    def _role(self) -> None:
        role = kubernetes.role_v1.RoleV1(
            self,
            "role",
            metadata=self._metadata(),
            rule=_rules(kubernetes.role_v1.RoleV1Rule, self._plan.namespace_rules),
        )
        self.named(role, self._plan.key)
        binding = kubernetes.role_binding_v1.RoleBindingV1(
            self,
            "role-binding",
            metadata=self._metadata(),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": self._plan.name},
            subject=self._subject(kubernetes.role_binding_v1.RoleBindingV1Subject),
        )
        self._first.append(self.named(binding, self._plan.key))

    def _deployment(self, arguments: list[str]) -> kubernetes.deployment_v1.DeploymentV1:
        deployment = kubernetes.deployment_v1.DeploymentV1(
            self,
            "Default",
            metadata=self._metadata(),
            spec=deployment_spec(self._plan, arguments, self._labels),
            depends_on=self._first,
        )
        return self.named(deployment, self._plan.key)


def _rules(kind: Callable[..., Made], rules: _Rules) -> list[Made]:
    return [
        kind(
            api_groups=list(groups) or None,
            resources=list(resources),
            verbs=list(verbs),
            resource_names=list(names) or None,
        )
        for groups, resources, verbs, names in rules
    ]

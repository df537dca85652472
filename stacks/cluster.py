"""`cluster`: EKS, its roles, nodes and add-ons, in the order in which they can work."""

from __future__ import annotations

from collections.abc import Sequence

from eksclave.constructs import Addon, FargateProfile, NodeGroup, OidcProvider, PrivateCluster, ServiceRole
from eksclave.constructs.condition import Condition
from eksclave.constructs.role import OidcRefs
from eksclave.contracts import ClusterOutputs, EndpointsOutputs, NetworkOutputs
from eksclave.design.model import AddonPlan, RolePlan
from eksclave.toolkit import aws, cdktf

from stacks.base import Stack


class ClusterStack(Stack):
    """Roles, the control plane, what nodes need, nodes, and what needs nodes."""

    stack = "cluster"

    def render(self) -> None:
        """Make everything in order; Terraform learns the order from `depends_on`."""
        self._network = self.upstream(NetworkOutputs)
        self._endpoints = self.upstream(EndpointsOutputs)
        self._roles: dict[str, ServiceRole] = {}
        self._add_roles(None, irsa=False)
        cluster = self._cluster()
        if self.design.cluster.identity == "irsa":
            self._add_roles(OidcProvider(self, "oidc", issuer_url=cluster.oidc_issuer).refs, irsa=True)
        self._associate(cluster.name)
        addons = self.design.cluster.addons
        early = self._addons(cluster.name, [addon for addon in addons if addon.before_nodes], ())
        nodes = self._nodes(cluster, early)
        self._addons(cluster.name, [addon for addon in addons if not addon.before_nodes], nodes)
        self.publish(
            ClusterOutputs(
                name=cluster.name,
                version=cluster.version,
                api_endpoint=cluster.endpoint,
                api_host=cdktf.Fn.trimprefix(cluster.endpoint, "https://"),
                certificate_authority=cluster.certificate_authority,
                security_group_id=cluster.security_group_id,
                oidc_issuer=cluster.oidc_issuer,
                role_arns={key: role.arn for key, role in self._roles.items()},
            )
        )

    def _add_roles(self, oidc: OidcRefs | None, *, irsa: bool) -> None:
        for plan in self.design.cluster.roles:
            if (plan.trust == "irsa") is irsa:
                self._roles[plan.key] = ServiceRole(self, f"role-{plan.key}", plan=plan, oidc=oidc)

    def _cluster(self) -> PrivateCluster:
        design, role = self.design, self._roles["cluster"]
        node_role = self._roles.get("node")
        return PrivateCluster(
            self,
            "cluster",
            plan=design.cluster,
            partition=design.partition,
            region=design.region,
            account=design.account,
            dns_suffix=design.dns_suffix,
            subnet_ids=self._network.subnet_ids,
            role_arn=role.arn,
            node_role_arn=node_role.arn if node_role else None,
            after=role.attached,
            only_if=self._endpoints_are_there() if design.cluster.auto_mode_pools else (),
        )

    def _associate(self, cluster_name: str) -> None:
        """Tie roles to service accounts of controllers; add-ons tie theirs themselves."""
        of_addons = {addon.role for addon in self.design.cluster.addons if addon.role}
        for plan in self.design.cluster.roles:
            if plan.trust == "pod-identity" and plan.key not in of_addons:
                self._association(cluster_name, plan)

    def _association(self, cluster_name: str, plan: RolePlan) -> None:
        association = aws.eks_pod_identity_association.EksPodIdentityAssociation(
            self,
            f"pod-identity-{plan.key}",
            cluster_name=cluster_name,
            namespace=plan.namespace or "",
            service_account=plan.service_account or "",
            role_arn=self._roles[plan.key].arn,
        )
        association.override_logical_id(plan.key)

    def _addons(
        self, cluster_name: str, plans: Sequence[AddonPlan], after: Sequence[cdktf.ITerraformDependable]
    ) -> list[cdktf.ITerraformDependable]:
        made: list[cdktf.ITerraformDependable] = []
        for plan in plans:
            role = self._roles[plan.role] if plan.role else None
            addon = Addon(
                self,
                f"addon-{plan.name}",
                cluster_name=cluster_name,
                plan=plan,
                identity=self.design.cluster.identity,
                role_arn=role.arn if role else None,
                after=[*after, *(role.attached if role else ())],
            )
            made.append(addon.resource)
        return made

    def _nodes(
        self, cluster: PrivateCluster, early: Sequence[cdktf.ITerraformDependable]
    ) -> list[cdktf.ITerraformDependable]:
        """Make what pods run on, once endpoints, roles, early add-ons and the access of whoever may look are there."""
        plan, made = self.design.cluster, list[cdktf.ITerraformDependable]()
        first = [*early, *cluster.admitted]
        for group in plan.node_groups:
            role = self._roles["node"]
            nodes = NodeGroup(
                self,
                f"nodes-{group.name}",
                cluster_name=cluster.name,
                label=plan.name,
                version=cluster.version,
                node_role_arn=role.arn,
                subnet_ids=self._network.subnet_ids,
                plan=group,
                after=[*first, *role.attached],
                only_if=self._endpoints_are_there(),
            )
            made.append(nodes.resource)
        for profile in plan.fargate:
            role = self._roles["fargate"]
            fargate = FargateProfile(
                self,
                f"fargate-{profile.name}",
                cluster_name=cluster.name,
                pod_role_arn=role.arn,
                subnet_ids=self._network.subnet_ids,
                plan=profile,
                after=[*first, *role.attached],
                only_if=self._endpoints_are_there(),
            )
            made.append(fargate.resource)
        return made

    def _endpoints_are_there(self) -> list[Condition]:
        """Return the conditions that keep nodes from booting into a network where they would never become ready."""
        wanted = sorted(item.service for item in self.design.endpoints.items)
        if self.setting.is_day0:
            return []
        there = "data.terraform_remote_state.endpoints.outputs"
        listed = ", ".join(f'"{service}"' for service in wanted)
        return [
            Condition(
                f"${{length(setsubtract([{listed}], keys({there}.endpoint_ids))) == 0}}",
                f"stack {self.design.name}-endpoints lacks endpoints that nodes need: apply it first",
            ),
            Condition(
                f"${{{there}.vpc_id == data.terraform_remote_state.network.outputs.vpc_id}}",
                f"stack {self.design.name}-endpoints is in another VPC than {self.design.name}-network: apply it again",
            ),
        ]

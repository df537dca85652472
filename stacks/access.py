"""`access`: the ways to the private API."""

from __future__ import annotations

from eksclave.constructs import Bastion, Peering, RuleSet, TransitGateway
from eksclave.contracts import AccessOutputs, ClusterOutputs, EndpointsOutputs, NetworkOutputs

from stacks.base import Stack


class AccessStack(Stack):
    """Bastion, peerings, transit gateway, and the rules that let them into the cluster's security group."""

    stack = "access"

    def render(self) -> None:
        """Make the ways in that the spec asks for."""
        self._network = self.upstream(NetworkOutputs)
        cluster = self.upstream(ClusterOutputs)
        bastion = self._bastion(cluster.security_group_id)
        peerings = self._peerings()
        self._transit_gateway()
        RuleSet(
            self,
            "rules",
            security_group_id=cluster.security_group_id,
            rules=self.design.access.api_rules,
            peers={"bastion": bastion.security_group_id} if bastion else {},
            vpc_cidrs=self.vpc_cidrs,
        )
        self.publish(
            AccessOutputs(
                bastion_instance_id=bastion.instance_id if bastion else "",
                bastion_security_group_id=bastion.security_group_id if bastion else "",
                session_document=bastion.session_document if bastion else "",
                peering_ids=peerings,
            )
        )

    def _bastion(self, cluster_group_id: str) -> Bastion | None:
        plan = self.design.access.bastion
        if plan is None:
            return None
        endpoints = self.upstream(EndpointsOutputs)
        return Bastion(
            self,
            "bastion",
            name=self.design.name,
            vpc_id=self._network.vpc_id,
            subnet_ids=self._network.subnet_ids,
            peers={
                "cluster": cluster_group_id,
                "endpoints": endpoints.security_group_id,
                "s3": endpoints.s3_prefix_list_id,
            },
            plan=plan,
            vpc_cidrs=self.vpc_cidrs,
        )

    def _peerings(self) -> dict[str, str]:
        made: dict[str, str] = {}
        for plan in self.design.access.peerings:
            peering = Peering(
                self,
                f"peering-{plan.key}",
                name=self.design.name,
                vpc_id=self._network.vpc_id,
                vpc_cidrs=self.vpc_cidrs,
                route_table_ids=self._network.route_table_ids,
                plan=plan,
            )
            made[plan.key] = peering.id
        return made

    def _transit_gateway(self) -> None:
        if self.design.access.transit_gateway:
            TransitGateway(
                self,
                "transit-gateway",
                name=self.design.name,
                vpc_id=self._network.vpc_id,
                subnet_ids=self._network.subnet_ids,
                route_table_ids=self._network.route_table_ids,
                plan=self.design.access.transit_gateway,
            )

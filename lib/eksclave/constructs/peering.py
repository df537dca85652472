"""Networks of the operators: a peered VPC, a transit gateway."""

from __future__ import annotations

from collections.abc import Mapping

from eksclave.constructs.part import Part
from eksclave.design.model import PeeringPlan, TransitGatewayPlan
from eksclave.toolkit import Construct, aws


class Peering(Part):
    """A peering with a VPC, the routes to it, and the way back where its tables are ours to write."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        vpc_id: str,
        vpc_cidrs: list[str] | str,
        route_table_ids: Mapping[str, str],
        plan: PeeringPlan,
    ) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"peering-{plan.key}" else self._prefix
        peering = aws.vpc_peering_connection.VpcPeeringConnection(
            self,
            "Default",
            vpc_id=vpc_id,
            peer_vpc_id=plan.vpc_id,
            peer_owner_id=plan.account,
            peer_region=plan.region,
            auto_accept=True if plan.auto_accept else None,
            tags={"Name": f"{name}-{plan.key}"},
        )
        self.id = self.named(peering, plan.key).id
        if plan.auto_accept:
            self._resolve_names(plan.key)
        for table in plan.route_tables:
            route = aws.route.Route(
                self,
                f"to-{plan.key}-from-{table}",
                route_table_id=route_table_ids[table],
                destination_cidr_block=str(plan.cidr),
                vpc_peering_connection_id=self.id,
            )
            self.named(route, f"{table}-{plan.key}")
        for table in plan.remote_route_table_ids:
            self._way_back(table, vpc_cidrs)

    def _resolve_names(self, key: str) -> None:
        """Let the other side resolve our names to private addresses; AWS takes it within one account and Region."""
        options = aws.vpc_peering_connection_options.VpcPeeringConnectionOptions(
            self,
            "options",
            vpc_peering_connection_id=self.id,
            requester=aws.vpc_peering_connection_options.VpcPeeringConnectionOptionsRequester(
                allow_remote_vpc_dns_resolution=True
            ),
        )
        self.named(options, key)

    def _way_back(self, table: str, vpc_cidrs: list[str] | str) -> None:
        cidrs = ["${each.value}"] if isinstance(vpc_cidrs, str) else vpc_cidrs
        for number, cidr in enumerate(cidrs):
            route = aws.route.Route(
                self,
                f"back-from-{table}" if number == 0 else f"back-from-{table}-{slug_of(cidr)}",
                route_table_id=table,
                destination_cidr_block=cidr,
                vpc_peering_connection_id=self.id,
            )
            self.named(route, f"back-{table}" if number == 0 else f"back-{table}-{cidr}")
            if isinstance(vpc_cidrs, str):
                route.add_override("for_each", vpc_cidrs)


class TransitGateway(Part):
    """An attachment to a transit gateway, and the routes to the networks behind it."""

    usual_id = "transit-gateway"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        vpc_id: str,
        subnet_ids: Mapping[str, str],
        route_table_ids: Mapping[str, str],
        plan: TransitGatewayPlan,
    ) -> None:
        super().__init__(scope, id)
        attachment = aws.ec2_transit_gateway_vpc_attachment.Ec2TransitGatewayVpcAttachment(
            self,
            "Default",
            transit_gateway_id=plan.id,
            vpc_id=vpc_id,
            subnet_ids=[subnet_ids[key] for key in plan.subnets],
            tags={"Name": name},
        )
        self.id = self.named(attachment, "main").id
        for table in plan.route_tables:
            for cidr in plan.cidrs:
                route = aws.route.Route(
                    self,
                    f"{table}-{slug_of(str(cidr))}",
                    route_table_id=route_table_ids[table],
                    destination_cidr_block=str(cidr),
                    transit_gateway_id=plan.id,
                    depends_on=[attachment],
                )
                self.named(route, f"{table}-tgw-{cidr}")


def slug_of(cidr: str) -> str:
    """Return a CIDR as part of a construct id, which holds no slash."""
    return cidr.replace("/", "-")

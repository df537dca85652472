"""A VPC that is there already: read and checked, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from eksclave.constructs.part import Part
from eksclave.contracts import NetworkOutputs
from eksclave.design.model import NetworkPlan, SubnetPlan
from eksclave.errors import EksclaveError
from eksclave.toolkit import Construct, aws, cdktf


class ExistingNetwork(Part):
    """Data sources for a VPC and its subnets, with postconditions on what a private cluster needs of them.

    `routed_subnets` are the keys of the subnets whose route tables get the S3 gateway endpoint, where the plan names no
    tables: each one's own table, or the VPC's main table where it has none.
    """

    usual_id: ClassVar[str] = "network"

    def __init__(self, scope: Construct, id: str, *, plan: NetworkPlan, routed_subnets: Sequence[str] = ()) -> None:
        super().__init__(scope, id)
        if plan.vpc_id is None:
            raise EksclaveError("an existing network needs the id of its VPC")
        self.vpc_id = plan.vpc_id
        self._vpc(plan)
        found: dict[str | None, str] = {}
        for subnet in plan.subnets:
            if subnet.id not in found:
                found[subnet.id] = self._subnet(subnet)
        tables = {table: table for table in plan.existing_route_table_ids} or {
            key: self._table(key, next(s.id for s in plan.subnets if s.key == key)) for key in routed_subnets
        }
        # a splat in one string is the whole list, so this is one list and not a list in a list
        vpc_cidrs = tuple(
            cdktf.Token.as_list(f"${{data.aws_vpc.{self._prefix}main.cidr_block_associations[*].cidr_block}}")
        )
        self.outputs = NetworkOutputs(
            vpc_id=self.vpc_id,
            vpc_cidrs=vpc_cidrs,
            subnet_ids={subnet.key: found[subnet.id] for subnet in plan.subnets},
            route_table_ids=tables,
        )

    def _vpc(self, plan: NetworkPlan) -> None:
        vpc = aws.data_aws_vpc.DataAwsVpc(self, "Default", id=plan.vpc_id)
        self.named(vpc, "main")
        conditions = [
            ("${self.enable_dns_support}", "enableDnsSupport is off: endpoints answer their names through it"),
            ("${self.enable_dns_hostnames}", "enableDnsHostnames is off: private DNS of endpoints needs it"),
        ]
        ranges = "self.cidr_block_associations[*].cidr_block"
        for cidr in plan.known_cidrs:
            conditions.append((f'${{contains({ranges}, "{cidr}")}}', f"it has no range {cidr}, as the spec says"))
        told = [{"condition": holds, "error_message": f"VPC {plan.vpc_id}: {said}"} for holds, said in conditions]
        vpc.add_override("lifecycle.postcondition", told)

    def _subnet(self, plan: SubnetPlan) -> str:
        subnet = aws.data_aws_subnet.DataAwsSubnet(self, plan.key, id=plan.id)
        self.named(subnet, plan.key)
        zone = "availability_zone_id" if "-az" in plan.zone else "availability_zone"
        conditions = [
            (f'${{self.vpc_id == "{self.vpc_id}"}}', f"lies in another VPC than {self.vpc_id}"),
            (f'${{self.{zone} == "{plan.zone}"}}', f"does not lie in zone {plan.zone}, as the spec says"),
            ("${!self.map_public_ip_on_launch}", "gives public addresses: nodes must not have any"),
        ]
        told = [{"condition": holds, "error_message": f"subnet {plan.id} {said}"} for holds, said in conditions]
        subnet.add_override("lifecycle.postcondition", told)
        return subnet.id

    def _table(self, key: str, subnet_id: str | None) -> str:
        """Return the table of a subnet. A subnet without an association uses the main one, which this lookup omits."""
        own = aws.data_aws_route_tables.DataAwsRouteTables(
            self,
            f"{key}-table",
            vpc_id=self.vpc_id,
            filter=[
                aws.data_aws_route_tables.DataAwsRouteTablesFilter(
                    name="association.subnet-id", values=[subnet_id or ""]
                )
            ],
        )
        self.named(own, key)
        reference = f"data.aws_route_tables.{self._prefix}{key}.ids"
        return f"${{length({reference}) > 0 ? {reference}[0] : data.aws_vpc.{self._prefix}main.main_route_table_id}}"

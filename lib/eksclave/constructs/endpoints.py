"""The VPC endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from eksclave.constructs.documents import document
from eksclave.constructs.part import Part
from eksclave.constructs.rules import RuleSet
from eksclave.contracts import EndpointsOutputs
from eksclave.design.model import EndpointPlan, EndpointsPlan
from eksclave.toolkit import Construct, aws, cdktf

EXTERNAL = "external"
"""What stands for the id of an endpoint that somebody else answers for."""


class EndpointSet(Part):
    """Interface and gateway endpoints, and the security group before the interface endpoints.

    `subnet_ids` and `route_table_ids` are by the keys that the plan names; an endpoint plan that names no route tables
    gets all of them. `resources` holds the endpoints, for whatever must wait for them.
    """

    usual_id: ClassVar[str] = "endpoints"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        region: str,
        vpc_id: str,
        vpc_cidrs: Sequence[str] | str,
        subnet_ids: Mapping[str, str],
        route_table_ids: Mapping[str, str],
        plan: EndpointsPlan,
        s3_prefix_list_id: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._label, self._vpc_id = name, vpc_id
        self._subnet_ids, self._route_table_ids = subnet_ids, route_table_ids
        self._prefix_list_id = s3_prefix_list_id
        group = aws.security_group.SecurityGroup(
            self,
            "group",
            name=f"{name}-endpoints",
            description="VPC endpoints, from inside the VPC",
            vpc_id=vpc_id,
            tags={"Name": f"{name}-endpoints"},
        )
        self.security_group_id = self.named(group, "endpoints").id
        RuleSet(
            self,
            "rules",
            security_group_id=self.security_group_id,
            rules=plan.rules,
            peers={},
            vpc_cidrs=vpc_cidrs,
        )
        self.resources: list[cdktf.ITerraformDependable] = []
        self.endpoint_ids = {item.service: self._endpoint(item) for item in plan.items}
        self.outputs = EndpointsOutputs(
            vpc_id=vpc_id,
            endpoint_ids=self.endpoint_ids,
            security_group_id=self.security_group_id,
            s3_prefix_list_id=self._prefix_list_id or self._look_up_prefix_list(region),
        )

    def _endpoint(self, plan: EndpointPlan) -> str:
        if plan.mode != "create":
            return plan.id or EXTERNAL
        gateway = plan.kind == "Gateway"
        tables = plan.route_tables or tuple(self._route_table_ids)
        endpoint = aws.vpc_endpoint.VpcEndpoint(
            self,
            plan.service,
            vpc_id=self._vpc_id,
            service_name=plan.service_name,
            service_region=plan.service_region,
            vpc_endpoint_type=plan.kind,
            route_table_ids=[self._route_table_ids[key] for key in tables] if gateway else None,
            subnet_ids=None if gateway else [self._subnet_ids[key] for key in plan.subnets],
            security_group_ids=None if gateway else [self.security_group_id],
            private_dns_enabled=None if gateway else plan.private_dns,
            policy=document(plan.policy) if plan.policy else None,
            tags={"Name": f"{self._label}-{plan.service}"},
        )
        self.resources.append(self.named(endpoint, plan.service))
        if gateway and plan.service == "s3" and self._prefix_list_id is None:
            self._prefix_list_id = endpoint.prefix_list_id
        return endpoint.id

    def _look_up_prefix_list(self, region: str) -> str:
        found = aws.data_aws_ec2_managed_prefix_list.DataAwsEc2ManagedPrefixList(
            self, "s3-prefix-list", name=f"com.amazonaws.{region}.s3"
        )
        return self.named(found, "s3").id

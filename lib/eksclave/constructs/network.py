"""A VPC without a way out."""

from __future__ import annotations

from typing import ClassVar

from eksclave.constructs.documents import policy
from eksclave.constructs.nacl import StrictNacl
from eksclave.constructs.part import Part
from eksclave.contracts import NetworkOutputs
from eksclave.design.model import FlowLogsPlan, NetworkPlan, SubnetPlan
from eksclave.toolkit import Construct, aws


class Network(Part):
    """VPC, private subnets per tier and zone, route tables with the local route only, network ACLs, flow logs, DHCP."""

    usual_id: ClassVar[str] = "network"

    def __init__(self, scope: Construct, id: str, *, name: str, plan: NetworkPlan) -> None:
        super().__init__(scope, id)
        self._label = name
        vpc = aws.vpc.Vpc(
            self,
            "Default",
            cidr_block=str(plan.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
        )
        self.named(vpc, "main")
        self.vpc_id = vpc.id
        self._close_default_group()
        self._dhcp(plan.dns_domain)
        self.subnet_ids = {subnet.key: self._subnet(subnet) for subnet in plan.subnets}
        self.route_table_ids: dict[str, str] = {}
        for table in plan.route_tables:
            self.route_table_ids[table.key] = self._table(table.key, table.subnets)
        for nacl in plan.nacls:
            StrictNacl(self, "nacl", vpc_id=self.vpc_id, label=name, subnet_ids=self.subnet_ids, plan=nacl)
        if plan.flow_logs:
            self._flow_logs(plan.flow_logs)
        self.outputs = NetworkOutputs(
            vpc_id=self.vpc_id,
            vpc_cidrs=(str(plan.cidr),),
            subnet_ids=self.subnet_ids,
            route_table_ids=self.route_table_ids,
        )

    def _close_default_group(self) -> None:
        group = aws.default_security_group.DefaultSecurityGroup(
            self, "default-group", vpc_id=self.vpc_id, tags={"Name": f"{self._label}-unused"}
        )
        self.named(group, "unused")

    def _dhcp(self, domain: str) -> None:
        options = aws.vpc_dhcp_options.VpcDhcpOptions(
            self,
            "dhcp",
            domain_name=domain,
            domain_name_servers=["AmazonProvidedDNS"],
            tags={"Name": self._label},
        )
        self.named(options, "main")
        association = aws.vpc_dhcp_options_association.VpcDhcpOptionsAssociation(
            self, "dhcp-association", vpc_id=self.vpc_id, dhcp_options_id=options.id
        )
        self.named(association, "main")

    def _subnet(self, plan: SubnetPlan) -> str:
        by_id = "-az" in plan.zone
        subnet = aws.subnet.Subnet(
            self,
            plan.key,
            vpc_id=self.vpc_id,
            cidr_block=str(plan.cidr),
            availability_zone=None if by_id else plan.zone,
            availability_zone_id=plan.zone if by_id else None,
            map_public_ip_on_launch=False,
            tags={"Name": f"{self._label}-{plan.key}", **plan.tags},
        )
        return self.named(subnet, plan.key).id

    def _table(self, key: str, subnets: tuple[str, ...]) -> str:
        table = aws.route_table.RouteTable(
            self, f"{key}-table", vpc_id=self.vpc_id, tags={"Name": f"{self._label}-{key}"}
        )
        table_id = self.named(table, key).id
        for subnet in subnets:
            association = aws.route_table_association.RouteTableAssociation(
                self, f"{subnet}-table", route_table_id=table_id, subnet_id=self.subnet_ids[subnet]
            )
            self.named(association, subnet)
        return table_id

    def _flow_logs(self, plan: FlowLogsPlan) -> None:
        group = aws.cloudwatch_log_group.CloudwatchLogGroup(
            self, "flow-log-group", name=f"/eksclave/{self._label}/flow-logs", retention_in_days=plan.retention_days
        )
        arn = self.named(group, "flow-logs").arn
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        }
        role = aws.iam_role.IamRole(self, "flow-log-role", name=plan.role_name, assume_role_policy=policy([trust]))
        self.named(role, "flow-logs")
        write = {
            "Sid": "WriteFlowLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [arn, f"{arn}:*"],
        }
        allowed = aws.iam_role_policy.IamRolePolicy(
            self, "flow-log-policy", name="write", role=role.name, policy=policy([write])
        )
        self.named(allowed, "flow-logs")
        log = aws.flow_log.FlowLog(
            self,
            "flow-log",
            vpc_id=self.vpc_id,
            traffic_type=plan.traffic,
            log_destination=arn,
            log_destination_type="cloud-watch-logs",
            iam_role_arn=role.arn,
            tags={"Name": self._label},
        )
        self.named(log, "main")

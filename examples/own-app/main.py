"""Somebody else's CDKTF app: its own VPC, and from eksclave a closed cluster with its endpoints.

    CDKTF_OUTDIR=out python main.py

Everything that eksclave would decide for a whole spec (design.build) can be taken part by part: here the endpoints and
the cluster, while the network is this app's own.
"""

from __future__ import annotations

from pathlib import Path

from eksclave.constructs import Addon, EndpointSet, NodeGroup, PrivateCluster, ServiceRole
from eksclave.design.model import Design
from eksclave.design.open import open_design
from eksclave.toolkit import Construct, aws, cdktf


class Shop(cdktf.TerraformStack):
    """One stack with a network of its own making."""

    def __init__(self, scope: Construct, id: str, design: Design) -> None:
        super().__init__(scope, id)
        aws.provider.AwsProvider(self, "aws", region=design.region, allowed_account_ids=[design.account])
        self.add_override("terraform.required_providers.aws.version", design.providers.aws)
        vpc = aws.vpc.Vpc(self, "shop", cidr_block="10.0.0.0/16", enable_dns_support=True, enable_dns_hostnames=True)
        # the plan's keys are TIER-ZONE; this app gives all tiers of a zone one subnet
        subnets: dict[str, str] = {}
        for number, zone in enumerate(design.network.zones):
            subnet = aws.subnet.Subnet(
                self, f"shop-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{number * 16}.0/20", availability_zone=zone
            )
            for tier in ("nodes", "control_plane", "endpoints"):
                subnets[f"{tier}-{zone}"] = subnet.id
        endpoints = EndpointSet(
            self,
            "endpoints",
            name="shop",
            region=design.region,
            vpc_id=vpc.id,
            vpc_cidrs=["10.0.0.0/16"],
            subnet_ids=subnets,
            route_table_ids={table.key: vpc.main_route_table_id for table in design.network.route_tables},
            plan=design.endpoints,
        )
        self._cluster(design, subnets, endpoints.resources)

    def _cluster(self, design: Design, subnets: dict[str, str], first: list[cdktf.ITerraformDependable]) -> None:
        roles = {plan.key: ServiceRole(self, f"role-{plan.key}", plan=plan) for plan in design.cluster.roles}
        cluster = PrivateCluster(
            self,
            "cluster",
            plan=design.cluster,
            partition=design.partition,
            region=design.region,
            account=design.account,
            dns_suffix=design.dns_suffix,
            subnet_ids=subnets,
            role_arn=roles["cluster"].arn,
            node_role_arn=roles["node"].arn,
            after=roles["cluster"].attached,
        )
        for plan in design.cluster.addons:
            if plan.before_nodes:
                role_arn = roles[plan.role].arn if plan.role else None
                addon = Addon(
                    self,
                    f"addon-{plan.name}",
                    cluster_name=cluster.name,
                    plan=plan,
                    identity=design.cluster.identity,
                    role_arn=role_arn,
                )
                first = [*first, addon.resource]
        for group in design.cluster.node_groups:
            NodeGroup(
                self,
                f"nodes-{group.name}",
                cluster_name=cluster.name,
                label="shop",
                version=cluster.version,
                node_role_arn=roles["node"].arn,
                subnet_ids=subnets,
                plan=group,
                after=[*first, *roles["node"].attached],
            )


def build(outdir: str | None = None) -> cdktf.App:
    """Return this app with its one stack."""
    app = cdktf.App(outdir=outdir) if outdir else cdktf.App()
    Shop(app, "shop", open_design(Path(__file__).with_name("shop.yaml")))
    return app


if __name__ == "__main__":
    build().synth()

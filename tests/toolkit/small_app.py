"""Somebody else's CDKTF app: one import of ours, then its own, and of everything that bindings do a little.

Prints one JSON object about the process at the end; the stacks go where CDKTF_OUTDIR says.
"""

import eksclave.toolkit.lazy  # noqa: I001  before the CDK

import json
import os
import sys

import jsii
from cdktf import (
    App,
    Aspects,
    DataTerraformRemoteStateLocal,
    Fn,
    IAspect,
    LocalBackend,
    TerraformOutput,
    TerraformStack,
    Token,
)
from cdktf_cdktf_provider_aws import vpc as vpc_module
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.eks_cluster import EksCluster, EksClusterVpcConfig, EksClusterVpcConfigOutputReference
from cdktf_cdktf_provider_aws.eks_node_group import EksNodeGroup, EksNodeGroupScalingConfig
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider
from constructs import Construct, IConstruct


@jsii.implements(IAspect)
class Tagged:
    """An aspect written in Python: Node calls back into this process for every construct."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, vpc_module.Vpc | Subnet):
            node.tags = {**(node.tags_input or {}), "visited": "yes"}


class Network(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="network.tfstate")
        AwsProvider(self, "aws", region="eu-central-1")
        main = vpc_module.Vpc(self, "vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"Name": "main"})
        subnets = [
            Subnet(self, f"node-{zone}", vpc_id=main.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone)
            for number, zone in enumerate(("eu-central-1a", "eu-central-1b"))
        ]
        group = SecurityGroup(
            self,
            "endpoints",
            vpc_id=main.id,
            ingress=[SecurityGroupIngress(from_port=443, to_port=443, protocol="tcp", cidr_blocks=["10.0.0.0/16"])],
            egress=[SecurityGroupEgress(from_port=0, to_port=0, protocol="-1", cidr_blocks=["10.0.0.0/16"])],
        )
        for name, value in {
            "vpc_id": main.id,
            "subnet_ids": Token.as_list([subnet.id for subnet in subnets]),
            "security_group_id": group.id,
        }.items():
            TerraformOutput(self, name, value=value, static_id=True)


class Cluster(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="cluster.tfstate")
        AwsProvider(self, "aws", region="eu-central-1")
        network = DataTerraformRemoteStateLocal(self, "network", path="network.tfstate")
        trust = DataAwsIamPolicyDocument(
            self,
            "trust",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    actions=["sts:AssumeRole"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=["eks.amazonaws.com"])
                    ],
                )
            ],
        )
        role = IamRole(self, "role", name="cluster", assume_role_policy=trust.json)
        eks = EksCluster(
            self,
            "eks",
            name="small",
            role_arn=role.arn,
            vpc_config=EksClusterVpcConfig(
                subnet_ids=network.get_list("subnet_ids"), endpoint_private_access=True, endpoint_public_access=False
            ),
        )
        EksNodeGroup(
            self,
            "nodes",
            cluster_name=eks.name,
            node_role_arn=role.arn,
            subnet_ids=network.get_list("subnet_ids"),
            scaling_config=EksNodeGroupScalingConfig(min_size=1, max_size=3, desired_size=2),
            depends_on=[eks],
        )
        KubernetesProvider(
            self,
            "kubernetes",
            host=eks.endpoint,
            cluster_ca_certificate=Fn.base64decode(eks.certificate_authority.get(0).data),
        )
        NamespaceV1(self, "ns", metadata=NamespaceV1Metadata(name="apps", labels={"team": "a"}))
        TerraformOutput(self, "group", value=eks.vpc_config.cluster_security_group_id, static_id=True)
        self.late_reference = eks.vpc_config


def main() -> None:
    app = App()
    network = Network(app, "network")
    Aspects.of(network).add(Tagged())  # cdktf 0.21 never calls the aspects of an app, only those below a stack
    cluster = Cluster(app, "cluster")
    app.synth()
    loaded = [name for name in sys.modules if name.startswith(("cdktf_cdktf_provider_", "cdktn_provider_"))]
    print(
        json.dumps(
            {
                "lazy": eksclave.toolkit.lazy.LAZY,
                "modules": sorted(loaded),
                "reference_is_right": isinstance(cluster.late_reference, EksClusterVpcConfigOutputReference),
                "environment": {name: os.environ.get(name) for name in ("NODE_OPTIONS", "JSII_NODE")},
            }
        )
    )


main()

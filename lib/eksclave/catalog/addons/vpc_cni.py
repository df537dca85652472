"""vpc-cni: gives pods addresses of the VPC. Nodes are NotReady until it runs."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="vpc-cni",
    kind="eks-addon",
    summary="pods get addresses of their node's subnet",
    source="amazon-vpc-cni-k8s docs/iam-policy.md; EKS user guide, cni-iam-role",
    images=("{addons}/amazon-k8s-cni", "{addons}/amazon-k8s-cni-init", "{addons}/amazon/aws-network-policy-agent"),
    endpoints=(Need("ec2", "aws-node attaches interfaces and assigns addresses", ("N1",)),),
    service_account="aws-node",
    managed_policies=("AmazonEKS_CNI_Policy",),
    before_nodes=True,
    in_auto_mode=False,
    features=(Feature.VPC_CNI,),
)

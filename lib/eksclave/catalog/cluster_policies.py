"""What AWS's policies for the cluster's own role allow, as far as the role is asked for it.

Source: EKS user guide, cluster-iam-role (the least that a policy of one's own must allow) and auto-cluster-iam-role;
AWS managed policy reference. Apart from the policies of nodes: an AmazonEKSClusterPolicy makes no role a node's.
"""

from __future__ import annotations

_CLUSTER = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
)
_COMPUTE = (
    "ec2:CreateFleet",
    "ec2:CreateLaunchTemplate",
    "ec2:RunInstances",
    "iam:AddRoleToInstanceProfile",
    "iam:PassRole",
)
_STORAGE = ("ec2:AttachVolume", "ec2:CreateSnapshot", "ec2:CreateVolume")
_BALANCING = (
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:CreateTargetGroup",
    "elasticloadbalancing:RegisterTargets",
)
_NETWORKING = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
)

CLUSTER_POLICY_ACTIONS: dict[str, tuple[str, ...]] = {
    "AmazonEKSClusterPolicy": _CLUSTER,
    "AmazonEKSComputePolicy": _COMPUTE,
    "AmazonEKSBlockStoragePolicy": _STORAGE,
    "AmazonEKSBlockStoragePolicyV2": _STORAGE,
    "AmazonEKSLoadBalancingPolicy": _BALANCING,
    "AmazonEKSNetworkingPolicy": _NETWORKING,
}
AUTO_MODE_POLICIES = (
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
"""What the cluster's role carries in Auto Mode beside AmazonEKSClusterPolicy: EKS runs the nodes with this role."""

"""What endpoint policies must let through, by the services' own guides, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.oracles.permissions import Call, allows

ACCOUNT, AWS = "111122223333", "602401143452"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/node"
CALLS = {
    "ec2": ("ec2:DescribeInstances", "ec2:CreateNetworkInterface", "ec2:AssignPrivateIpAddresses"),
    "ecr.api": ("ecr:GetAuthorizationToken",),
    "ecr.dkr": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "s3": ("s3:GetObject",),
    "sts": ("sts:GetCallerIdentity",),
    "eks": ("eks:DescribeCluster",),
    "eks-auth": ("eks-auth:AssumeRoleForPodIdentity",),
    "elasticloadbalancing": ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DescribeLoadBalancers"),
    "autoscaling": ("autoscaling:DescribeAutoScalingGroups", "autoscaling:SetDesiredCapacity"),
    "ssm": ("ssm:UpdateInstanceInformation",),
    "ssmmessages": ("ssmmessages:CreateControlChannel", "ssmmessages:OpenDataChannel"),
}


def refused(world: Any, cluster: Any, service: str, endpoint: Any) -> Iterator[str]:
    """Yield every call that the endpoint's policy does not allow."""
    if endpoint.policy is None:
        return
    for action in CALLS[service]:
        if not allows(endpoint.policy, _call(cluster.region, service, action, endpoint, cluster.vpc)):
            yield f"{service}: the policy of {endpoint.key} refuses {action}"


def _call(region: str, service: str, action: str, endpoint: Any, vpc: str) -> Call:
    resource, owner = "*", ACCOUNT
    if service == "s3":
        resource, owner = f"arn:aws:s3:::prod-{region}-starport-layer-bucket/layer", AWS
    if service == "ecr.dkr":
        resource, owner = f"arn:aws:ecr:{region}:{AWS}:repository/eks/coredns", AWS
    if service == "elasticloadbalancing" and "Create" in action:
        resource = f"arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:loadbalancer/app/one/two"
    if service == "autoscaling" and "Set" in action:
        resource = f"arn:aws:autoscaling:{region}:{ACCOUNT}:autoScalingGroup:one:autoScalingGroupName/two"
    if service in ("eks", "eks-auth"):
        resource = f"arn:aws:eks:{region}:{ACCOUNT}:cluster/one"
    context = {
        "aws:principalarn": (ROLE,),
        "aws:principalaccount": (ACCOUNT,),
        "aws:resourceaccount": (owner,),
        "aws:sourcevpc": (vpc,),
        "aws:sourcevpce": (endpoint.key,),
        "aws:securetransport": ("true",),
    }
    return Call(action, resource, ROLE, ACCOUNT, context, endpoint.kind == "Gateway")

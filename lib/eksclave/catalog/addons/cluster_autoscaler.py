"""cluster-autoscaler: sets the size of node groups. Not an EKS add-on: it runs from a mirrored image."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need, Permission
from eksclave.catalog.features import Feature

_OWN_GROUPS = {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}}

ADDON = AddonFacts(
    name="cluster-autoscaler",
    kind="controller",
    summary="sets the size of node groups by what waits to run",
    source="kubernetes/autoscaler cluster-autoscaler/cloudprovider/aws/README.md @062f28a",
    images=("registry.k8s.io/autoscaling/cluster-autoscaler:v{minor}.0",),
    endpoints=(
        Need("autoscaling", "it reads and sets Auto Scaling groups", ("N10",)),
        Need("ec2", "it reads instance types and launch templates", ("N1", "N10")),
        Need("eks", "it reads labels and taints of empty managed groups (DescribeNodegroup)", ("N6",)),
    ),
    service_account="cluster-autoscaler",
    permissions=(
        Permission(
            "ReadGroups",
            (
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ),
        ),
        Permission(
            "ReadOwnNodegroups",
            ("eks:DescribeNodegroup",),
            ("arn:{partition}:eks:{region}:{account}:nodegroup/{cluster}/*/*",),
        ),
        Permission(
            "SetOwnGroups",
            ("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"),
            ("arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/*",),
            _OWN_GROUPS,
        ),
    ),
    arguments=(
        "--cloud-provider=aws",
        "--namespace=kube-system",
        "--aws-use-static-instance-list=true",
        "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{cluster}",
        "--balance-similar-node-groups=true",
        "--skip-nodes-with-system-pods=false",
        "--expander=least-waste",
        "--logtostderr=true",
        "--v=2",
    ),
    in_auto_mode=False,
    caveat="the static list is needed: the pricing API has no endpoint in most Regions (autoscaler issue 4464)",
    features=(Feature.CLUSTER_AUTOSCALER,),
)

"""R rows: properties of the configuration that the flows rest on."""

from __future__ import annotations

from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows.row import ALWAYS, Impact, When, all_of, any_of
from eksclave.catalog.flows.row import RequiredFlow as Flow

_READ, _EXCERPT, _INFERRED = "read in source", "seen in an excerpt", "inferred"


def _must(
    id: str, title: str, when: When, impact: Impact, symptom: str, fix: str, source: str, confidence: str = _READ
) -> Flow:
    return Flow(id, title, "condition", when, impact, symptom, fix, source, confidence)


CONDITIONS: tuple[Flow, ...] = (
    _must(
        "R1",
        "the cluster's subnets lie in two zones that EKS takes, with six free addresses each",
        ALWAYS,
        "apply",
        "CreateCluster says UnsupportedAvailabilityZoneException, or upgrades fail",
        "give the cluster subnets of at least /28 in two zones, none in use1-az3, usw1-az2 or cac1-az3",
        "EKS-UG network-reqs",
    ),
    _must(
        "R2",
        "the API endpoint is private and not public",
        ALWAYS,
        "boot",
        "nodes leave for a public address and never join",
        "set endpoint_private_access to true and endpoint_public_access to false (Terraform's defaults differ)",
        "EKS-UG private-clusters; tf-aws-eks issues 2149, 1867",
    ),
    _must(
        "R3",
        "every subnet's route table leads to what its flows need",
        ALWAYS,
        "boot",
        "failures in one zone only",
        "associate the subnet with the private route table, and that table with the S3 gateway endpoint",
        "awsdocs/amazon-eks-user-guide issue 275; viya4-iac-aws issue 272",
    ),
    _must(
        "R4",
        "NACLs pass every flow between subnets, both ways",
        ALWAYS,
        "boot",
        "random NodeCreationFailure",
        "let the NACLs of both subnets pass the flow and its answers; rules are read in the order of their numbers",
        "le-tf-infra-aws PR 175; clouddrove/terraform-aws-subnet issue 103",
    ),
    _must(
        "R5",
        "nodes carry the cluster security group, or one with equivalent rules",
        any_of(F.NODES),
        "boot",
        "nodes never join, or pods do not reach the API, or webhooks fail",
        "add the cluster security group to the launch template: groups in it suppress the one that EKS attaches",
        "EKS-UG launch-templates",
    ),
    _must(
        "R6",
        "the node role carries the worker, registry and CNI policies",
        any_of(F.NODES),
        "boot",
        "Unauthorized, ImagePullBackOff, or NotReady",
        "attach AmazonEKSWorkerNodePolicy, AmazonEC2ContainerRegistryPullOnly and AmazonEKS_CNI_Policy",
        "EKS-UG create-node-role; tf-aws-eks issue 1910",
    ),
    _must(
        "R7",
        "the role of self-managed and Karpenter nodes may join",
        any_of(F.SELF_MANAGED_NODES, F.KARPENTER),
        "boot",
        "kubelet: Unauthorized",
        "add an aws_eks_access_entry of type EC2_LINUX for the node role",
        "EKS-UG troubleshooting",
    ),
    _must(
        "R8",
        "every image comes from a private ECR of this Region",
        ALWAYS,
        "degraded",
        "ImagePullBackOff",
        "mirror the image into ECR of this Region and name it there",
        "pulumi-eks issue 1078; eks-distro issue 2019; containers-roadmap issue 1160",
    ),
    _must(
        "R9",
        "no image is pulled through a cache on a closed network",
        any_of(F.PULL_THROUGH_CACHE),
        "degraded",
        "ErrImagePull from cloudflare or cloudfront",
        "mirror the image into a repository of your own, or warm the cache from outside",
        "ECR guide, pull-through cache; containers-roadmap issues 2304, 939",
    ),
    _must(
        "R10",
        "every interface endpoint's security group lets its callers in",
        ALWAYS,
        "boot",
        "i/o timeout to a private address: the tell-tale",
        "allow 443 from the nodes', pods' and bastion's groups or ranges",
        "EKS-UG private-clusters; tf-aws-eks issues 3113, 1476; kubernetes issue 79535",
    ),
    _must(
        "R11",
        "every source's security group lets it out to endpoints and S3",
        ALWAYS,
        "boot",
        "timeouts",
        "allow 443 out to the endpoints and to the S3 prefix list (Terraform deletes AWS's default egress rule)",
        "guardbench-iac issue 4; VPC guide, gateway endpoints for S3",
    ),
    _must(
        "R12",
        "endpoint policies allow what is called",
        ALWAYS,
        "boot",
        "AccessDenied inside the VPC only",
        "allow the actions in the endpoint's policy; a policy of denials alone denies everything",
        "terraform-aws-vpc PR 1197",
    ),
    _must(
        "R13",
        "the sts endpoint's policy does not ask a web identity for principal keys",
        any_of(F.IRSA),
        "boot",
        "AssumeRoleWithWebIdentity: AccessDenied",
        "allow sts:AssumeRoleWithWebIdentity without conditions on aws:Principal… keys",
        "IAM guide, reference_sts_vpc_endpoint_policies",
        _EXCERPT,
    ),
    _must(
        "R14",
        "the s3 gateway's policy allows ECR's layer bucket",
        ALWAYS,
        "boot",
        "403 on layers",
        "allow s3:GetObject on arn:PARTITION:s3:::prod-REGION-starport-layer-bucket/* for principal *",
        "ECR guide, vpc-endpoints; VPC guide, vpc-endpoints-access; vpc-cni issue 917",
    ),
    _must(
        "R15",
        "interface endpoints have one subnet per zone, in zones that the service supports",
        ALWAYS,
        "apply",
        "the apply fails: DuplicateSubnetsInSameZone or InvalidParameter",
        "give the endpoint one subnet of each zone",
        "eksctl issue 8150; terraform-aws-vpc issues 785, 634, 462",
        _EXCERPT,
    ),
    _must(
        "R16",
        "node groups are created after what their nodes need",
        any_of(F.NODES, F.FARGATE),
        "apply",
        "the first apply fails after 15 minutes with NodeCreationFailure, the second works",
        "add depends_on to the node group: endpoints, their rules, associations, NACL rules, policies, the CNI add-on",
        "tf-aws-eks main.tf, before_compute",
        _INFERRED,
    ),
    _must(
        "R17",
        "exactly one security group of a node's interface carries the cluster's tag",
        any_of(F.LOAD_BALANCER_CONTROLLER),
        "degraded",
        "expect exactly one securityGroup tagged with kubernetes.io/cluster/NAME",
        "remove the tag from every other group of the node: EKS tags the cluster security group itself",
        "LBC docs; LBC issue 1594; tf-aws-eks issues 3684, 1810",
    ),
    _must(
        "R18",
        "peerings are accepted, routed on both sides, and their ranges do not overlap",
        any_of(F.PEERING),
        "access",
        "timeouts",
        "accept the peering and route each side's range to it on the other",
        "VPC peering guide; VPC guide, gateway endpoints for S3",
        _EXCERPT,
    ),
    _must(
        "R19",
        "IPv6 subnets keep an IPv4 path to ec2, eks and S3",
        all_of(F.IPV6),
        "boot",
        "the node never joins",
        "give the subnets IPv4 addresses too",
        "VPC guide, gateway endpoints for S3; eks-ami issue 1380",
    ),
)

"""N1 to N11: AWS services without which nodes do not boot or nobody gets in."""

from __future__ import annotations

from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows.call import call
from eksclave.catalog.flows.row import COMPUTE, Role, all_of, any_of
from eksclave.catalog.flows.row import RequiredFlow as Flow

_EXCERPT = "seen in an excerpt"
_NODE, _POD, _BASTION, _RUNNER = Role.NODE, Role.POD, Role.BASTION, Role.RUNNER

SERVICES: tuple[Flow, ...] = (
    call(
        "N1",
        "nodes call ec2",
        (_NODE,),
        ("ec2",),
        any_of(F.NODES, F.EBS_CSI, F.LOAD_BALANCER_CONTROLLER, F.CLUSTER_AUTOSCALER),
        "boot",
        "the node never joins (nodeadm waits 10 minutes on DescribeInstances) or stays NotReady (IPAMD)",
        "eks-ami nodeadm/internal/api/status.go; vpc-cni docs/iam-policy.md; tf-aws-eks issue 3113; eks-ami issue 1380",
    ),
    call(
        "N2",
        "kubelet gets registry tokens from ecr.api",
        (_NODE,),
        ("ecr.api",),
        COMPUTE,
        "boot",
        "'no basic auth credentials', ImagePullBackOff; without aws-node the node stays NotReady",
        "EKS-UG private-clusters; ECR guide vpc-endpoints; awsdocs/amazon-eks-user-guide issue 110",
    ),
    call(
        "N3",
        "containerd pulls manifests from ecr.dkr",
        (_NODE,),
        ("ecr.dkr",),
        COMPUTE,
        "boot",
        "ImagePullBackOff with an i/o timeout",
        "EKS-UG private-clusters; tf-aws-eks issue 1476",
    ),
    call(
        "N4",
        "containerd pulls layers from ECR's bucket in s3",
        (_NODE,),
        ("s3",),
        COMPUTE,
        "boot",
        "the manifest is read, then the layer's GET times out or says 403",
        "ECR guide vpc-endpoints; viya4-iac-aws issue 272; amazon-eks-user-guide issue 275; guardbench-iac issue 4",
    ),
    call(
        "N5",
        "pods with IRSA, and the EBS CSI driver, call the regional sts",
        (_POD,),
        ("sts",),
        any_of(F.IRSA, F.EBS_CSI)
        | all_of(F.CLUSTER_AUTOSCALER).unless(F.POD_IDENTITY)
        | all_of(F.EXTERNAL_DNS).unless(F.POD_IDENTITY),
        "boot",
        "WebIdentityErr, then timeouts; aws-node with IRSA hangs silently and the node stays NotReady",
        "EKS-UG private-clusters; LBC issue 1168; external-dns issue 1944; ebs-csi issue 2619; vpc-cni issue 2262",
    ),
    call(
        "N6",
        "Karpenter, the cluster autoscaler and AL2 bootstrap call eks",
        (_NODE,),
        ("eks",),
        any_of(F.KARPENTER, F.BOOTSTRAP_DESCRIBES_CLUSTER) | all_of(F.CLUSTER_AUTOSCALER, F.MANAGED_NODES),
        "degraded",
        "self-managed AL2 nodes never join; Karpenter crashes on endpoint discovery; no scaling from zero",
        "containers-roadmap issue 745; karpenter PR 5740; autoscaler README",
        note="AL2023's nodeadm does not call it",
    ),
    call(
        "N7",
        "the Pod Identity agent calls eks-auth",
        (_NODE,),
        ("eks-auth",),
        any_of(F.POD_IDENTITY),
        "boot",
        "aws-node gets no credentials, IPAMD does not start, the node stays NotReady",
        "EKS-UG pod-id-agent-setup; eks-pod-identity-agent issue 88",
    ),
    call(
        "N8",
        "log agents call logs",
        (_POD,),
        ("logs",),
        any_of(F.FLUENT_BIT, F.CLOUDWATCH, F.SSM_SESSION_LOGS),
        "degraded",
        "logs are lost",
        "EKS-UG private-clusters",
        note="control-plane logs do not use it",
    ),
    call(
        "N9",
        "the load balancer controller calls elasticloadbalancing",
        (_POD,),
        ("elasticloadbalancing",),
        any_of(F.LOAD_BALANCER_CONTROLLER),
        "degraded",
        "the Ingress gets no ADDRESS",
        "EKS-UG private-clusters; LBC issue 2890",
    ),
    call(
        "N10",
        "the cluster autoscaler calls autoscaling",
        (_POD,),
        ("autoscaling",),
        any_of(F.CLUSTER_AUTOSCALER),
        "degraded",
        "never scales; CrashLoop at its start",
        "EKS-UG private-clusters; autoscaler README",
    ),
    call(
        "N11",
        "the SSM agent calls ssm and ssmmessages",
        (_NODE, _BASTION),
        ("ssm", "ssmmessages"),
        any_of(F.SSM_BASTION, F.SSM_NODES),
        "access",
        "the instance is never Online; no session",
        "Systems Manager guide, VPC endpoints",
        _EXCERPT,
        note="ec2messages only for agents older than 3.3.40.0",
    ),
)

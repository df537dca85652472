"""Every VPC endpoint service that a private EKS cluster may need, one row each.

Kinds, names and caveats: AWS PrivateLink guide ("AWS services that integrate with AWS PrivateLink"), the services' own
"interface VPC endpoints" pages, and aws-cdk `vpc-endpoint.ts` for the `cn.com.amazonaws` names. DNS names were
compared with botocore 1.44's endpoint rules. Where `policy` is unknown, `aws ec2 describe-vpc-endpoint-services` tells
(VpcEndpointPolicySupported). Lists of zones per service are not public: `unsupported_zone_ids` holds only what was
reported.
"""

from __future__ import annotations

from eksclave.catalog.services import EndpointService as Service
from eksclave.errors import EksclaveError, did_you_mean

_ONE_NAME = ("{service}.{region}.{suffix}",)
_CROSS_REGION = "cross-Region PrivateLink: set service_region; AWS's pages disagree on the reach, so test it first"

ENDPOINTS: tuple[Service, ...] = (
    Service("acm", caveat="listed by aws-cdk; no ACM guide page found that says so"),
    Service("appmesh-envoy-management", dns_names=_ONE_NAME, caveat="App Mesh ended on 30 September 2026: legacy only"),
    Service("aps-workspaces", dns_names=("aps-workspaces.{region}.{suffix}",), iam_service="aps"),
    Service("autoscaling", policy="yes", china_prefix=True, source="EC2 Auto Scaling user guide, VPC endpoints"),
    Service("cloudformation", china_prefix=True, caveat="only for cfn-signal and eksctl inside the VPC"),
    Service("dynamodb", "Gateway", "yes", (), "only for Terraform's old state lock table", free=True),
    Service("ebs", dns_names=_ONE_NAME, caveat="EBS direct APIs; the EBS CSI driver calls ec2 instead"),
    Service("ec2", policy="yes", china_prefix=True, caveat="nodeadm and the VPC CNI call it on every node"),
    Service("ec2messages", policy="yes", dns_names=_ONE_NAME, caveat="only for SSM Agent older than 3.3.40.0"),
    Service(
        "ecr-public.api",
        dns_names=("api.ecr-public.{region}.{suffix}",),
        only_regions=frozenset({"us-east-1"}),
        caveat="API only: it does not serve pulls from public.ecr.aws",
        iam_service="ecr-public",
    ),
    Service(
        "ecr.api",
        policy="yes",
        dns_names=("api.ecr.{region}.{suffix}", "ecr.{region}.{dual}"),
        china_prefix=True,
        iam_service="ecr",
        source="ECR user guide, vpc-endpoints",
    ),
    Service(
        "ecr.dkr",
        policy="yes",
        dns_names=("*.dkr.ecr.{region}.{suffix}",),
        china_prefix=True,
        iam_service="ecr",
        caveat="FIPS names (ecr-fips) are not covered, nor the dual-stack *.dkr-ecr.REGION.on.aws",
        source="ECR user guide, vpc-endpoints",
    ),
    Service(
        "eks",
        policy="yes",
        china_prefix=True,
        not_regions=frozenset({"ap-east-2", "ap-southeast-5", "ap-southeast-7", "mx-central-1"}),
        caveat="not the Kubernetes API; its private zone hides oidc.eks.REGION; IPv4 only",
        source="EKS user guide, vpc-interface-endpoints",
    ),
    Service(
        "eks-auth",
        dns_names=("eks-auth.{region}.{dual}",),
        caveat="the Pod Identity agent calls only the api.aws name (eks-pod-identity-agent issue 88)",
        source="EKS user guide, vpc-interface-endpoints and pod-id-agent-setup",
    ),
    Service("elasticfilesystem", china_prefix=True, dns_names=("elasticfilesystem.{region}.{suffix}",)),
    Service("elasticloadbalancing", policy="yes", source="ELB user guide, load-balancer-vpc-endpoints"),
    Service("fsx"),
    Service(
        "guardduty-data",
        policy="yes",
        dns_names=_ONE_NAME,
        caveat="GuardDuty makes it itself in automatic mode",
        free=True,
    ),
    Service(
        "iam",
        dns_names=("iam.{suffix}",),
        home_region="us-east-1",
        global_name=True,
        not_partitions=frozenset({"aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"}),
        caveat=_CROSS_REGION,
    ),
    Service("kms", caveat="client-side and SSM session encryption; EBS and EKS encrypt on AWS's side"),
    Service("logs", policy="yes", source="CloudWatch Logs guide, cloudwatch-logs-and-interface-VPC"),
    Service("monitoring", china_prefix=True, iam_service="cloudwatch"),
    Service(
        "oidc-eks",
        dns_names=("oidc-eks.{region}.{dual}", "oidc.eks.{region}.{suffix}"),
        caveat="since July 2026; only for token validators and Terraform inside the VPC, never for pods",
        not_partitions=frozenset({"aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"}),
        source="AWS what's new 2026-07, EKS OIDC endpoint over PrivateLink",
    ),
    Service(
        "pricing.api",
        policy="no",
        dns_names=("api.pricing.{region}.{suffix}",),
        only_regions=frozenset({"ap-south-1", "cn-northwest-1", "eu-central-1", "us-east-1"}),
        iam_service="pricing",
        source="AWS what's new 2025-02-17; Billing user guide",
    ),
    Service(
        "route53",
        dns_names=("route53.{suffix}",),
        home_region="us-east-1",
        global_name=True,
        not_partitions=frozenset({"aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"}),
        caveat=_CROSS_REGION,
    ),
    Service(
        "s3",
        "Gateway",
        "yes",
        (),
        "free; same Region and IPv4 only; does not cross peering, TGW or VPN; a NACL cannot name its prefix list",
        "VPC guide, gateway endpoints for Amazon S3",
        free=True,
    ),
    Service("secretsmanager"),
    Service(
        "shield", dns_names=_ONE_NAME, caveat="listed by aws-cdk; a global API: switch it off in the controller instead"
    ),
    Service("sqs", china_prefix=True),
    Service("ssm", policy="yes", caveat="Session Manager, and parameters of AMIs"),
    Service("ssmmessages", policy="yes", dns_names=_ONE_NAME, caveat="the data channel of every session"),
    Service("sts", policy="yes", china_prefix=True, caveat="answers the regional name only, not sts.amazonaws.com"),
    Service("tagging", dns_names=_ONE_NAME, iam_service="tag", caveat="listed by aws-cdk"),
    Service("wafv2", caveat="listed by aws-cdk; switch it off in the controller instead"),
    Service("xray", china_prefix=True),
)

_BY_SUFFIX = {service.suffix: service for service in ENDPOINTS}


def service_names() -> tuple[str, ...]:
    """Return every endpoint service's suffix, sorted."""
    return tuple(sorted(_BY_SUFFIX))


def find_service(suffix: str) -> Service:
    """Return the endpoint service with this suffix (`ecr.api`); raise where there is none."""
    if suffix not in _BY_SUFFIX:
        near = did_you_mean(suffix, _BY_SUFFIX) or "see 'eksclave endpoints --all'"
        raise EksclaveError(f"no endpoint service is called '{suffix}'", near)
    return _BY_SUFFIX[suffix]


def service_or_none(service_name: str) -> Service | None:
    """Return the row that a full service name such as `com.amazonaws.eu-central-1.ecr.api` belongs to, or None."""
    parts = service_name.split(".")
    for length in (1, 2):
        suffix = ".".join(parts[-length:])
        if suffix in _BY_SUFFIX and len(parts) > length:
            return _BY_SUFFIX[suffix]
    return None

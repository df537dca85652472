"""The words for what a cluster uses: what makes a required flow apply. `--feature` takes the same words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from eksclave.errors import EksclaveError, did_you_mean


class Feature(StrEnum):
    """One thing a cluster uses. The value is what people write."""

    # what pods run on
    NODES = "nodes"  # EC2 instances of any kind
    MANAGED_NODES = "managed-nodes"
    SELF_MANAGED_NODES = "self-managed-nodes"
    FARGATE = "fargate"
    AUTO_MODE = "auto-mode"
    KARPENTER = "karpenter"
    AL2 = "al2"
    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"
    WINDOWS = "windows"
    FIPS = "fips"
    IPV6 = "ipv6"
    BOOTSTRAP_DESCRIBES_CLUSTER = "bootstrap-describes-cluster"  # bootstrap.sh without endpoint and CA
    INSTANCE_ID_NODE_NAME = "instance-id-node-name"  # nodeadm's feature gate
    USER_DATA_PACKAGES = "user-data-packages"  # dnf or yum in user data

    # identities
    IRSA = "irsa"
    POD_IDENTITY = "pod-identity"
    READS_ISSUER = "reads-issuer"  # something reads oidc.eks: tls_certificate, eksctl, a token validator

    # add-ons and controllers
    VPC_CNI = "vpc-cni"
    COREDNS = "coredns"
    KUBE_PROXY = "kube-proxy"
    EBS_CSI = "ebs-csi"
    EFS_CSI = "efs-csi"
    FSX_CSI = "fsx-csi"
    MOUNTPOINT_S3 = "mountpoint-s3"
    CLUSTER_AUTOSCALER = "cluster-autoscaler"
    CLUSTER_AUTOSCALER_PRICES = "cluster-autoscaler-prices"  # runs without the static instance list
    LOAD_BALANCER_CONTROLLER = "load-balancer-controller"
    LBC_ACM = "load-balancer-controller-acm"
    LBC_SHIELD = "load-balancer-controller-shield"
    LBC_WAFV2 = "load-balancer-controller-wafv2"
    INGRESS_NGINX = "ingress-nginx"
    METRICS_SERVER = "metrics-server"
    PROMETHEUS_ADAPTER = "prometheus-adapter"
    CERT_MANAGER = "cert-manager"
    CERT_MANAGER_DNS01 = "cert-manager-dns01"
    EXTERNAL_DNS = "external-dns"
    KARPENTER_INTERRUPTION = "karpenter-interruption"
    KARPENTER_PRICES = "karpenter-prices"  # runs without isolatedVPC
    KARPENTER_ROLE = "karpenter-role"  # EC2NodeClass with spec.role
    KARPENTER_AMI_ALIAS = "karpenter-ami-alias"
    KARPENTER_WEBHOOK = "karpenter-webhook"
    CLOUDWATCH = "cloudwatch"
    FLUENT_BIT = "fluent-bit"
    XRAY = "xray"
    AMP = "amp"
    APP_MESH = "app-mesh"
    GUARDDUTY = "guardduty"
    SECRETS_STORE = "secrets-store"
    NODE_MONITORING = "node-monitoring"
    PODS_READ_IMDS = "pods-read-imds"

    # ways in, and what stands around
    SSM_BASTION = "ssm-bastion"
    BASTION = "bastion"
    SSM_NODES = "ssm-nodes"
    SSM_SESSION_KMS = "ssm-session-kms"
    SSM_SESSION_LOGS = "ssm-session-logs"
    PEERED_OPERATORS = "peered-operators"
    PEERING = "peering"
    INGRESS = "ingress"
    PULL_THROUGH_CACHE = "pull-through-cache"
    IMAGE_LOCK = "image-lock"  # a mirror whose lock file is known
    CUSTOM_DNS = "custom-dns"
    REMOTE_DNS = "remote-dns"  # names resolved from another network
    RUNNER_IN_VPC = "runner-in-vpc"
    IN_CLUSTER_RESOURCES = "in-cluster-resources"
    CFN_SIGNAL = "cfn-signal"
    CUSTOMER_ROUTED_CONTROL_PLANE = "customer-routed-control-plane"


def find_feature(word: str) -> Feature:
    """Return the feature of this name; raise where there is none."""
    try:
        return Feature(word)
    except ValueError:
        known = [feature.value for feature in Feature]
        hint = did_you_mean(word, known) or f"one of {', '.join(sorted(known))}"
        raise EksclaveError(f"no feature is called '{word}'", hint) from None


def with_implied(features: Iterable[Feature]) -> frozenset[Feature]:
    """Return the features with what they imply: every kind of EC2 node means `nodes`, and so on."""
    found = set(features)
    implied = {
        Feature.MANAGED_NODES: Feature.NODES,
        Feature.SELF_MANAGED_NODES: Feature.NODES,
        Feature.AUTO_MODE: Feature.NODES,
        Feature.KARPENTER: Feature.NODES,
        Feature.CLUSTER_AUTOSCALER_PRICES: Feature.CLUSTER_AUTOSCALER,
        Feature.LBC_ACM: Feature.LOAD_BALANCER_CONTROLLER,
        Feature.LBC_SHIELD: Feature.LOAD_BALANCER_CONTROLLER,
        Feature.LBC_WAFV2: Feature.LOAD_BALANCER_CONTROLLER,
        Feature.SSM_BASTION: Feature.BASTION,
    }
    found |= {implied[feature] for feature in found if feature in implied}
    found |= {implied[feature] for feature in found if feature in implied}
    return frozenset(found)

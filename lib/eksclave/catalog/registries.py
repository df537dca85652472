"""Container registries: the ones AWS pulls add-ons from, and the public ones that a closed network cannot reach."""

from __future__ import annotations

from eksclave.catalog.partitions import partition_of

# EKS user guide, add-ons-images; newer Regions from eksctl pkg/apis/eksctl.io/v1alpha5/types.go (eksResourceAccount…).
_STANDARD_ACCOUNT = "602401143452"
_ACCOUNTS = {
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "mx-central-1": "730335286997",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}

PUBLIC_REGISTRIES: tuple[str, ...] = (
    "azurecr.io",
    "cgr.dev",
    "container-registry.oracle.com",
    "docker.elastic.co",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "icr.io",
    "lscr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "pkg.dev",
    "public.ecr.aws",
    "quay.io",
    "registry.access.redhat.com",
    "registry.connect.redhat.com",
    "registry.gitlab.com",
    "registry.hub.docker.com",
    "registry.k8s.io",
    "registry.redhat.io",
    "xpkg.crossplane.io",
    "xpkg.upbound.io",
)
"""Registries without any VPC endpoint (R8), and whatever lies below their names."""

UPSTREAM_URLS = {
    "public.ecr.aws": "public.ecr.aws",
    "registry.k8s.io": "registry.k8s.io",
    "quay.io": "quay.io",
    "docker.io": "registry-1.docker.io",
    "ghcr.io": "ghcr.io",
}
"""What a pull-through cache rule calls each upstream (ECR user guide, pull-through-cache)."""

UPSTREAM_NAMES = {
    "public.ecr.aws": "ecr-public",
    "registry.k8s.io": "k8s",
    "quay.io": "quay",
    "docker.io": "docker-hub",
    "ghcr.io": "github-container-registry",
}
"""The values of `upstream_registry` in ECR's API, CreatePullThroughCacheRule."""

UPSTREAMS_WITH_CREDENTIALS = frozenset({"docker.io", "ghcr.io"})
"""Upstreams that ECR takes only with a secret in Secrets Manager (ECR user guide, pull-through-cache)."""


def addon_account(region: str) -> str:
    """Return the AWS account whose ECR holds the images of EKS add-ons in this Region."""
    return _ACCOUNTS.get(region, _STANDARD_ACCOUNT)


def addon_registry(region: str) -> str:
    """Return the host of the add-on registry of this Region, such as
    602401143452.dkr.ecr.eu-central-1.amazonaws.com."""
    return partition_of(region).ecr_host(addon_account(region), region)


def bottlerocket_registry(region: str) -> str:
    """Return the host of Bottlerocket's host containers (bottlerocket README, "Control container").

    Some Regions have another account; endpoint policies name the repositories of any account,
    BOTTLEROCKET_REPOSITORIES.
    """
    return partition_of(region).ecr_host("328549459982", region)


BOTTLEROCKET_REPOSITORIES = "bottlerocket-*"
"""What the repositories of Bottlerocket's host containers are called, whatever the account."""


def addon_accounts() -> frozenset[str]:
    """Return every account that is AWS's add-on registry somewhere."""
    return frozenset({_STANDARD_ACCOUNT, *_ACCOUNTS.values()})


def starport_bucket(region: str) -> str:
    """Return the bucket that ECR hands layers out from (ECR user guide, vpc-endpoints)."""
    return f"prod-{region}-starport-layer-bucket"

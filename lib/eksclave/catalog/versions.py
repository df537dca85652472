"""Kubernetes versions of EKS, and the SSM parameters that name machine images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KubernetesVersion:
    """One minor version; dates are ISO days, empty where not published when this was written."""

    version: str
    standard_support_ends: str
    extended_support_ends: str


# EKS user guide, "Understand the Kubernetes version lifecycle", as of November 2026; dates of 1.31 to 1.35 by
# endoflife.date. 1.36 is named by the guide; its dates were not seen. 1.31 leaves extended support on 2026-11-26.
KUBERNETES_VERSIONS: tuple[KubernetesVersion, ...] = (
    KubernetesVersion("1.31", "2025-11-26", "2026-11-26"),
    KubernetesVersion("1.32", "2026-03-23", "2027-03-23"),
    KubernetesVersion("1.33", "2026-07-29", "2027-07-29"),
    KubernetesVersion("1.34", "2026-12-02", "2027-12-02"),
    KubernetesVersion("1.35", "2027-03-27", "2028-03-27"),
    KubernetesVersion("1.36", "", ""),
)


def kubernetes_versions() -> tuple[str, ...]:
    """Return the supported minor versions, oldest first."""
    return tuple(row.version for row in KUBERNETES_VERSIONS)


def is_newer_than_known(version: str) -> bool:
    """Whether this is a version that came after this catalogue: allowed, with a warning."""
    return _minor(version) > _minor(KUBERNETES_VERSIONS[-1].version)


def bastion_ami_parameter(architecture: str) -> str:
    """Return the public SSM parameter of the standard AL2023 image: it holds the SSM agent, the minimal one does not.

    AL2023 user guide, "Get started with AL2023 on Amazon EC2": `al2023-ami-kernel-default-ARCH`; "AL2023 minimal
    AMI" lists amazon-ssm-agent among what it leaves out.
    """
    return f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"


def node_ami_parameter(family: str, version: str, architecture: str) -> str:
    """Return the public SSM parameter of EKS's node image (EKS user guide, retrieve-ami-id)."""
    if family == "bottlerocket":
        return f"/aws/service/bottlerocket/aws-k8s-{version}/{architecture}/latest/image_id"
    return f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{architecture}/standard/recommended/image_id"


# EKS API reference, CreateNodegroup, amiType.
AMI_TYPES = {
    ("al2023", "x86_64"): "AL2023_x86_64_STANDARD",
    ("al2023", "arm64"): "AL2023_ARM_64_STANDARD",
    ("bottlerocket", "x86_64"): "BOTTLEROCKET_x86_64",
    ("bottlerocket", "arm64"): "BOTTLEROCKET_ARM_64",
}

# eks-ami and bottlerocket: the device that holds images and pods' files.
DATA_DEVICES = {"al2023": "/dev/xvda", "bottlerocket": "/dev/xvdb"}


def _minor(version: str) -> int:
    return int(version.partition(".")[2])

"""AWS partitions: the separate clouds, each with its own DNS suffix, ARNs and service names."""

from __future__ import annotations

from dataclasses import dataclass

from eksclave.errors import EksclaveError


@dataclass(frozen=True)
class Partition:
    """One partition. `endpoint_prefix` begins most endpoint service names; `home_region` hosts its global services."""

    id: str
    dns_suffix: str
    dual_stack_suffix: str
    home_region: str
    endpoint_prefix: str = "com.amazonaws"

    def arn(self, service: str, resource: str, region: str = "", account: str = "") -> str:
        """Return `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""
        return f"arn:{self.id}:{service}:{region}:{account}:{resource}"

    def managed_policy(self, name: str) -> str:
        """Return the ARN of an AWS managed policy; `name` may carry a path such as `service-role/…`."""
        return f"arn:{self.id}:iam::aws:policy/{name}"

    @property
    def ec2_principal(self) -> str:
        """Return EC2's service principal. In China it has the partition's suffix, and EKS asks nodes' roles for it.

        Sources: EKS user guide, create-node-role; awslabs/cdk-eks-blueprints issue 558.
        """
        return "ec2.amazonaws.com.cn" if self.id == "aws-cn" else "ec2.amazonaws.com"

    def ecr_host(self, account: str, region: str) -> str:
        """Return the host name of an account's ECR registry (ECR user guide, "Private registry")."""
        return f"{account}.dkr.ecr.{region}.{self.dns_suffix}"


# Suffixes and home Regions: botocore 1.44 data/partitions.json, fields dnsSuffix, dualStackDnsSuffix,
# implicitGlobalRegion. The iso partitions are here for their names only: no Region table of theirs is public.
PARTITIONS: tuple[Partition, ...] = (
    Partition("aws", "amazonaws.com", "api.aws", "us-east-1"),
    Partition("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"),
    Partition("aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1"),
    Partition("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"),
    Partition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"),
    Partition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"),
)

_BY_ID = {partition.id: partition for partition in PARTITIONS}
_BY_BEGINNING = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-isob-": "aws-iso-b",
    "us-iso-": "aws-iso",
}


def find_partition(id: str) -> Partition:
    """Return the partition with this id (`aws-cn`); raise where there is none."""
    if id not in _BY_ID:
        raise EksclaveError(f"no partition is called '{id}'", f"known: {', '.join(_BY_ID)}")
    return _BY_ID[id]


def partition_of(region: str) -> Partition:
    """Return the partition that a Region lies in, told by the beginning of its name (botocore's regionRegex)."""
    for beginning, id in _BY_BEGINNING.items():
        if region.startswith(beginning):
            return _BY_ID[id]
    return _BY_ID["aws"]

"""Regions that EKS is offered in, with the names of their zones, so that a day-0 plan needs no call to AWS."""

from __future__ import annotations

from dataclasses import dataclass

from eksclave.catalog.partitions import Partition, partition_of
from eksclave.errors import EksclaveError, did_you_mean


@dataclass(frozen=True)
class Region:
    """One Region: the letters of its zone names, and what its zone ids begin with (`euc1` of `euc1-az1`).

    A name such as `us-east-1a` stands for another zone id in every account (EC2 user guide, "Availability Zone IDs");
    only ids can be compared with AWS's lists of zones.
    """

    name: str
    letters: str
    zone_id_prefix: str

    @property
    def partition(self) -> Partition:
        """The partition that the Region lies in."""
        return partition_of(self.name)

    @property
    def zones(self) -> tuple[str, ...]:
        """The names of its zones, in alphabetical order."""
        return tuple(f"{self.name}{letter}" for letter in self.letters)

    @property
    def instance_domain(self) -> str:
        """The default DHCP domain name (VPC user guide, "DHCP option sets"); nodes must be called by it (D4)."""
        return "ec2.internal" if self.name == "us-east-1" else f"{self.name}.compute.internal"


# Zone ids where EKS refuses cluster subnets: EKS user guide, "Amazon EKS networking requirements for VPC and subnets".
EXCLUDED_ZONE_IDS = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})

# Letters and id prefixes: recorded describe-availability-zones answers in moto 5
# (ec2/models/availability_zones_and_regions). Accounts differ in which letters they see (older us-east-1 and
# ap-northeast-1 accounts most of all).
REGIONS: tuple[Region, ...] = (
    Region("af-south-1", "abc", "afs1"),
    Region("ap-east-1", "abc", "ape1"),
    Region("ap-east-2", "abc", "ape2"),
    Region("ap-northeast-1", "acd", "apne1"),
    Region("ap-northeast-2", "abcd", "apne2"),
    Region("ap-northeast-3", "abc", "apne3"),
    Region("ap-south-1", "abc", "aps1"),
    Region("ap-south-2", "abc", "aps2"),
    Region("ap-southeast-1", "abc", "apse1"),
    Region("ap-southeast-2", "abc", "apse2"),
    Region("ap-southeast-3", "abc", "apse3"),
    Region("ap-southeast-4", "abc", "apse4"),
    Region("ap-southeast-5", "abc", "apse5"),
    Region("ap-southeast-6", "abc", "apse6"),
    Region("ap-southeast-7", "abc", "apse7"),
    Region("ca-central-1", "abd", "cac1"),
    Region("ca-west-1", "abc", "caw1"),
    Region("cn-north-1", "ab", "cnn1"),
    Region("cn-northwest-1", "abc", "cnnw1"),
    Region("eu-central-1", "abc", "euc1"),
    Region("eu-central-2", "abc", "euc2"),
    Region("eu-north-1", "abc", "eun1"),
    Region("eu-south-1", "abc", "eus1"),
    Region("eu-south-2", "abc", "eus2"),
    Region("eu-west-1", "abc", "euw1"),
    Region("eu-west-2", "abc", "euw2"),
    Region("eu-west-3", "abc", "euw3"),
    Region("il-central-1", "abc", "ilc1"),
    Region("me-central-1", "abc", "mec1"),
    Region("me-south-1", "abc", "mes1"),
    Region("mx-central-1", "abc", "mxc1"),
    Region("sa-east-1", "abc", "sae1"),
    Region("us-east-1", "abcdef", "use1"),
    Region("us-east-2", "abc", "use2"),
    Region("us-gov-east-1", "abc", "usge1"),
    Region("us-gov-west-1", "abc", "usgw1"),
    Region("us-west-1", "ab", "usw1"),
    Region("us-west-2", "abcd", "usw2"),
)

_BY_NAME = {region.name: region for region in REGIONS}


def region_names() -> tuple[str, ...]:
    """Return the names of all covered Regions, sorted."""
    return tuple(sorted(_BY_NAME))


def find_region(name: str) -> Region:
    """Return the Region of this name; raise where it is not covered."""
    if name not in _BY_NAME:
        raise EksclaveError(f"no region is called '{name}'", did_you_mean(name, _BY_NAME) or "see eksclave endpoints")
    return _BY_NAME[name]

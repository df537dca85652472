"""What one VPC endpoint service is: its names per Region, and what AWS lets one do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.catalog.partitions import partition_of

CHINA_PREFIX = "cn.com.amazonaws"


@dataclass(frozen=True)
class EndpointService:
    """One VPC endpoint service.

    `suffix` is what our users write (`ecr.api`). `dns_names` are templates with `{region}`, `{suffix}`
    (amazonaws.com) and `{dual}` (api.aws); the first is the name that SDKs call by default. `policy` says whether an
    endpoint policy can be set: unknown means that no page read says so. `only_regions` and `not_regions` limit where
    it exists; `not_partitions` too. `home_region` is set for global services: the service lives there, other Regions
    reach it by cross-Region PrivateLink. `global_name` means that the service name carries no Region. `china_prefix`
    marks the services that are called `cn.com.amazonaws.…` in the Beijing and Ningxia Regions.
    """

    suffix: str
    kind: Literal["Interface", "Gateway"] = "Interface"
    policy: Literal["yes", "no", "unknown"] = "unknown"
    dns_names: tuple[str, ...] = ("{service}.{region}.{suffix}", "{service}.{region}.{dual}")
    caveat: str = ""
    source: str = "AWS PrivateLink guide, services that integrate"
    only_regions: frozenset[str] = frozenset()
    not_regions: frozenset[str] = frozenset()
    not_partitions: frozenset[str] = frozenset()
    home_region: str | None = None
    global_name: bool = False
    china_prefix: bool = False
    free: bool = False
    iam_service: str = ""
    unsupported_zone_ids: frozenset[str] = frozenset()

    @property
    def private_dns(self) -> bool:
        """Whether private DNS can be switched on."""
        return self.kind == "Interface" and bool(self.dns_names)

    @property
    def action_prefix(self) -> str:
        """The service's prefix in IAM actions."""
        return self.iam_service or self.suffix

    def offered_in(self, region: str) -> bool:
        """Whether the service is known to have an endpoint in this Region."""
        if partition_of(region).id in self.not_partitions or region in self.not_regions:
            return False
        return not self.only_regions or region in self.only_regions

    def service_name(self, region: str) -> str:
        """Return the full service name in this Region, such as `com.amazonaws.eu-central-1.ecr.api`."""
        partition = partition_of(region)
        prefix = partition.endpoint_prefix
        if self.china_prefix and partition.id == "aws-cn":
            prefix = CHINA_PREFIX
        if self.suffix.startswith("ecr.") and partition.id == "aws-eusc":
            prefix = "eu.amazonaws"
        return f"{prefix}.{self.suffix}" if self.global_name else f"{prefix}.{region}.{self.suffix}"

    def dns_names_in(self, region: str) -> tuple[str, ...]:
        """Return the names that answer privately in this Region; `*.` begins a wildcard."""
        partition = partition_of(region)
        names = {
            "service": self.suffix,
            "region": region,
            "suffix": partition.dns_suffix,
            "dual": partition.dual_stack_suffix,
        }
        return tuple(template.format(**names) for template in self.dns_names)

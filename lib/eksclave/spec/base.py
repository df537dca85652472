"""The base of every part of the spec: frozen, closed, and with field values in the user's words."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from eksclave.errors import did_you_mean


class Part(BaseModel):
    """A part of the spec. Unknown fields are mistakes, values never change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True)
class Facts:
    """What the catalogue knows, given to the loader as context so that one reading finds every mistake."""

    regions: frozenset[str]
    kubernetes_versions: tuple[str, ...]
    """Oldest first."""
    addons: frozenset[str]
    endpoint_services: frozenset[str]


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def known(kind: Literal["regions", "kubernetes_versions", "addons", "endpoint_services"], what: str) -> AfterValidator:
    """Return a validator that asks the catalogue, where the reader brought one; `what` is said as `no {what} 'x'`."""

    def check(value: str, info: ValidationInfo) -> str:
        if isinstance(info.context, Facts) and value not in getattr(info.context, kind):
            if kind == "kubernetes_versions" and _minor(value) > _minor(info.context.kubernetes_versions[-1]):
                return value  # newer than this catalogue: allowed, and the design warns of it
            near = sorted(getattr(info.context, kind))
            raise ValueError(
                f"no {what} is called '{value}'; {did_you_mean(value, near) or 'known: ' + ', '.join(near)}"
            )
        return value

    return AfterValidator(check)


def _cidr(value: str) -> str:
    try:
        return str(ipaddress.IPv4Network(value, strict=True))
    except ValueError as wrong:
        if "host bits" in str(wrong):
            network = ipaddress.IPv4Network(value, strict=False)
            raise ValueError(f"{value} has host bits set; write {network}") from None
        raise ValueError(f"'{value}' is not an IPv4 network; write it as 10.0.0.0/16") from None


def matching(pattern: str, what: str) -> AfterValidator:
    """Return a validator for text of this shape, which is called `what` in the message."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"'{value}' is not {what}")
        return value

    return AfterValidator(check)


def _account(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        written = getattr(value, "text", str(value))
        raise ValueError(f'{written} is read as a number; write the account id in quotes: "{written}"')
    return value


def _version(value: Any) -> Any:
    if isinstance(value, float):
        written = getattr(value, "text", str(value))
        raise ValueError(f'{written} is read as a number; write the version in quotes: "{written}"')
    return value


# CloudWatch Logs API, PutRetentionPolicy
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _retention(value: int) -> int:
    if value not in _RETENTIONS:
        near = next((days for days in _RETENTIONS if days > value), _RETENTIONS[-1])
        raise ValueError(f"CloudWatch Logs keeps nothing for {value} days; the next that it takes is {near}")
    return value


def _reserved(value: str) -> str:
    """Refuse names that resources are called after and AWS keeps for itself: SSM documents, security groups."""
    if value.startswith(("aws", "amazon", "amzn", "sg-")):
        raise ValueError(f"'{value}' begins with a word that AWS keeps for itself (aws, amazon, amzn, sg-)")
    return value


Cidr = Annotated[str, AfterValidator(_cidr)]
RetentionDays = Annotated[int, AfterValidator(_retention)]
AccountId = Annotated[str, BeforeValidator(_account), matching(r"\d{12}", "an AWS account id of 12 digits")]
KubernetesVersion = Annotated[
    str,
    BeforeValidator(_version),
    matching(r"1\.\d{2}", "a Kubernetes version such as 1.33"),
    known("kubernetes_versions", "Kubernetes version that EKS supports"),
]
Region = Annotated[str, known("regions", "Region")]
AddonName = Annotated[str, known("addons", "add-on")]
EndpointService = Annotated[str, known("endpoint_services", "endpoint service")]
ClusterName = Annotated[
    str,
    matching(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", "a cluster name: 2 to 40 of a-z, 0-9 and '-', beginning with a letter"),
    AfterValidator(_reserved),
]
PartName = Annotated[str, matching(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "a name of a-z, 0-9 and '-', at most 40 long")]
ZoneName = Annotated[
    str,
    matching(
        r"[a-z]{2,4}(-[a-z]+)+-\d[a-z]|[a-z]{2,5}\d-az\d", "an availability zone: eu-central-1a, or an id as euc1-az2"
    ),
]
VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "a VPC id such as vpc-0a1b2c3d4e5f60718")]
SubnetId = Annotated[str, matching(r"subnet-[0-9a-f]{8,17}", "a subnet id such as subnet-0a1b2c3d4e5f60718")]
RouteTableId = Annotated[str, matching(r"rtb-[0-9a-f]{8,17}", "a route table id such as rtb-0a1b2c3d4e5f60718")]
EndpointId = Annotated[str, matching(r"vpce-[0-9a-f]{8,17}", "a VPC endpoint id such as vpce-0a1b2c3d4e5f60718")]
SecurityGroupId = Annotated[str, matching(r"sg-[0-9a-f]{8,17}", "a security group id such as sg-0a1b2c3d4e5f60718")]
TransitGatewayId = Annotated[str, matching(r"tgw-[0-9a-f]{8,17}", "a transit gateway id such as tgw-0a1b2c3d4e5f60718")]
Arn = Annotated[str, matching(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:.+", "an ARN")]
PrincipalArn = Annotated[
    str,
    matching(
        r"arn:[a-z-]+:iam::\d{12}:(role|user)/.+",
        "the ARN of an IAM role or user: arn:aws:iam::ACCOUNT:role/NAME (of a session, name its role)",
    ),
]

"""What each stack publishes for the others: its contract.

A stack writes every field of its dataclass as a Terraform output of the same name, and `contract_version` beside them.
A stack that reads another's state gets the same dataclass back, with references as values. A field that is not in the
class cannot be read; a key that the producer does not publish fails at synth, by name (`Published`).

Changing a contract: add fields freely; removing or renaming one, or changing what it means, raises `CONTRACT_VERSION`,
and readers of the old state stop at plan time with a message instead of reading something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from eksclave.errors import EksclaveError, did_you_mean

CONTRACT_VERSION = "1"

StackName = Literal["network", "endpoints", "registry", "cluster", "access", "workloads"]

ORDER: tuple[StackName, ...] = ("network", "endpoints", "registry", "cluster", "access", "workloads")
"""The order to apply them in; destroy goes the other way."""

READS: Mapping[StackName, tuple[StackName, ...]] = {
    "network": (),
    "endpoints": ("network",),
    "registry": (),
    "cluster": ("network", "endpoints"),
    "access": ("network", "endpoints", "cluster"),
    "workloads": ("network", "cluster"),
}
"""Whose outputs each stack reads. A producer stands before its readers in `ORDER`."""


class Published(Mapping[str, str]):
    """A map that a stack publishes; asking for a key that is not in it says so by name."""

    def __init__(self, stack: StackName, output: str, values: Mapping[str, str]) -> None:
        self._stack, self._output = stack, output
        self._values = {key: values[key] for key in sorted(values)}

    def __getitem__(self, key: str) -> str:
        if key not in self._values:
            known = did_you_mean(key, self._values) or f"it has {', '.join(self._values) or 'none'}"
            raise EksclaveError(f"the {self._stack} stack publishes no '{key}' in its output {self._output}", known)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class NetworkOutputs:
    """`network`: the VPC and where things go in it."""

    vpc_id: str
    vpc_cidrs: tuple[str, ...]
    """Every IPv4 range of the VPC."""
    subnet_ids: Mapping[str, str]
    """Subnet key (`nodes-eu-central-1a`) to subnet id."""
    route_table_ids: Mapping[str, str]
    """Table key to id: the tier for tables made here; for an existing VPC the id itself, or the key of the subnet whose
    table was looked up (then several keys may have one id)."""


@dataclass(frozen=True)
class EndpointsOutputs:
    """`endpoints`: the VPC endpoints that are there now. Whoever starts nodes needs them first."""

    vpc_id: str
    endpoint_ids: Mapping[str, str]
    """Endpoint service (`ecr.api`) to id; `external` where somebody else answers for it."""
    security_group_id: str
    """The group before the interface endpoints."""
    s3_prefix_list_id: str
    """The prefix list of S3, for rules towards the gateway endpoint."""


@dataclass(frozen=True)
class RegistryOutputs:
    """`registry`: the ECR registry that every image is mirrored into."""

    host: str
    prefix: str
    repository_urls: Mapping[str, str]
    """Repository name to its URL."""
    locked_images: tuple[str, ...]
    """What the lock file holds, each as `REPOSITORY@DIGEST`; empty where there is no lock file yet."""


@dataclass(frozen=True)
class ClusterOutputs:
    """`cluster`: how to talk to the API, and what runs as whom."""

    name: str
    version: str
    api_endpoint: str
    """`https://HOST`; HOST has private addresses only."""
    api_host: str
    certificate_authority: str
    """Base64 of the PEM certificate of the API."""
    security_group_id: str
    """The group that EKS made: on control-plane interfaces and on nodes."""
    oidc_issuer: str
    role_arns: Mapping[str, str]
    """Role key (`node`, `addon-vpc-cni` ...) to ARN."""


@dataclass(frozen=True)
class AccessOutputs:
    """`access`: the ways to the private API. What was not asked for is an empty string."""

    bastion_instance_id: str
    bastion_security_group_id: str
    session_document: str
    """SSM document that forwards a local port to the API."""
    peering_ids: Mapping[str, str]


@dataclass(frozen=True)
class WorkloadsOutputs:
    """`workloads`: what runs inside."""

    controllers: tuple[str, ...]
    ingresses: tuple[str, ...]
    """`NAMESPACE/NAME` of each."""


Outputs = NetworkOutputs | EndpointsOutputs | RegistryOutputs | ClusterOutputs | AccessOutputs | WorkloadsOutputs

CONTRACTS: Mapping[StackName, type[Outputs]] = {
    "network": NetworkOutputs,
    "endpoints": EndpointsOutputs,
    "registry": RegistryOutputs,
    "cluster": ClusterOutputs,
    "access": AccessOutputs,
    "workloads": WorkloadsOutputs,
}


def stack_id(cluster: str, stack: StackName) -> str:
    """Return the name of a stack of a cluster: `prod-network`."""
    return f"{cluster}-{stack}"

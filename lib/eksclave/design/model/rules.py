"""One security group rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.net import PortRange, Protocol


@dataclass(frozen=True)
class Rule:
    """An allow rule of a security group.

    `key` is unique within its group and direction and names the construct. `peer` is one of: a CIDR (`10.0.0.0/16`),
    `self`, `vpc` (each range of the VPC, from the network contract), `s3` (the prefix list of S3), `cluster` (the
    cluster security group), `endpoints` (the endpoints' group), `bastion`. `because` holds ids of required flows.
    """

    key: str
    direction: Literal["ingress", "egress"]
    protocol: Protocol
    ports: PortRange
    peer: str
    because: tuple[str, ...]
    reason: str

"""What is asked: from which party, to which party or name, over which ports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import TypeAlias

from eksclave.net import PortRange, Protocol
from eksclave.reach.facts.groups import Placement


class Client(StrEnum):
    """Who opens the connection, which decides the ports that answers go to (see `ephemeral_ports`)."""

    NODE = "node"
    """A Linux EKS node or a pod on it: the VPC CNI rewrites source ports of what leaves the VPC's ranges."""
    NODE_NO_SNAT = "node-no-snat"
    """The same with AWS_VPC_K8S_CNI_EXTERNALSNAT=true."""
    LINUX = "linux"
    """Any other Linux host: a bastion, a runner."""
    WINDOWS = "windows"
    ANY = "any"
    """Unknown software or an AWS service: control plane, load balancers, NAT gateways, Lambda, remote operators."""


LINUX_PORTS = PortRange(32768, 60999)
WINDOWS_PORTS = PortRange(49152, 65535)
ALL_EPHEMERAL = PortRange(1024, 65535)


def ephemeral_ports(client: Client, leaves_vpc: bool) -> PortRange:
    """Return the source ports that the client may use for a destination inside or outside of its VPC's own ranges.

    Source: VPC user guide, custom network ACLs, ephemeral ports; the Linux kernel's default range; amazon-vpc-cni-k8s
    README (source NAT with random ports for destinations outside of the VPC).
    """
    if client is Client.WINDOWS:
        return WINDOWS_PORTS
    if client is Client.ANY or (client is Client.NODE and leaves_vpc):
        return ALL_EPHEMERAL
    return LINUX_PORTS


@dataclass(frozen=True)
class Party:
    """One side of a flow: every interface that any of `placements` allows, or every address of `networks` outside.

    All placements (of one party) must work: a node party with two node groups has two placements. `networks` are
    addresses that are in no VPC of the snapshot (an office, a data centre). A party without any of both asks nothing.
    `leaves_from`, if set, is where its packets appear to come from when the destination is outside of its VPC's ranges
    (pods with custom networking behind their node's interface).
    """

    name: str
    placements: tuple[Placement, ...] = ()
    networks: tuple[IPv4Network, ...] = ()
    client: Client = Client.ANY
    leaves_from: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class DnsName:
    """A name that the source resolves in its own VPC: `api.ecr.eu-central-1.amazonaws.com`, lower case, no final
    dot."""

    name: str


@dataclass(frozen=True)
class ApiServer:
    """The Kubernetes API of the cluster with this key, by its own name."""

    cluster: str


Destination: TypeAlias = Party | DnsName | ApiServer


@dataclass(frozen=True)
class Question:
    """May every interface of the source open a connection to every interface of the destination, on each of the
    ports?"""

    source: Party
    destination: Destination
    ports: tuple[PortRange, ...]
    protocol: Protocol = Protocol.TCP

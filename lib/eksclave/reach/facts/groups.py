"""Security groups, their rules, and where interfaces are."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import TypeAlias

from eksclave.net import PortRange
from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.network import PrefixListRef
from eksclave.reach.facts.values import Origin, Unknown, Value


@fact
class GroupRef:
    """Every interface that carries this security group, by its private address."""

    key: str


Peer: TypeAlias = IPv4Network | IPv6Network | GroupRef | PrefixListRef
"""The other side of a security group rule. `self` is written as a `GroupRef` to the group itself."""


OWN_RANGE = Unknown("the range that AWS gives to a VPC or a subnet, known after apply")
"""A peer of which one thing is known: it is not everybody."""


@fact
class GroupRule:
    """One allowed kind of traffic, to (`egress`) or from one peer. One rule per peer: readers split lists.

    `protocol` is `all`, `tcp`, `udp`, `icmp` or a decimal number; `ports` None means every port. Ports are those of the
    destination in both directions. With protocol `all`, ports are ignored.
    """

    egress: bool
    protocol: Value[str]
    peer: Value[Peer]
    origin: Origin
    ports: Value[PortRange | None] = None


@fact
class SecurityGroup:
    """A security group: only what a rule allows may pass; answers to allowed requests always pass.

    Without egress rules nothing may leave (Terraform removes the rule that AWS adds; the reader has settled that).
    `incomplete` says why there may be further rules. `made_by_eks` marks the group that EKS creates for a cluster.
    """

    key: str
    origin: Origin
    vpc: Value[str]
    rules: tuple[GroupRule, ...] = ()
    incomplete: str = ""
    made_by_eks: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    tags_incomplete: str = ""
    id: Value[str] = ""
    name: Value[str] = ""


def cluster_group_key(cluster: str) -> str:
    """Return the key of the security group that EKS makes for the cluster with this key."""
    return f"{cluster}#cluster-security-group"


def cluster_group(
    cluster: str, vpc: Value[str], origin: Origin, added: tuple[GroupRule, ...] = (), incomplete: str = ""
) -> SecurityGroup:
    """Return the group that EKS makes: everything from itself in, everything out, and the rules that the input adds.

    Source: EKS user guide, sec-group-reqs. Readers put it into the snapshot of every cluster.
    """
    key = cluster_group_key(cluster)
    made = Origin(f"{origin.address} (cluster security group)", origin.construct)
    rules = (
        GroupRule(False, "all", GroupRef(key), made),
        GroupRule(True, "all", IPv4Network("0.0.0.0/0"), made),
        GroupRule(True, "all", IPv6Network("::/0"), made),
        *added,
    )
    return SecurityGroup(key, made, vpc, rules, incomplete, made_by_eks=True)


@fact
class Placement:
    """Where interfaces may be: each in some one of `subnets`, and each carrying all of `groups` at once.

    What is proved must hold for every one of the subnets. `addresses` are the exact addresses where they are known
    (then
    each lies in one of the subnets); otherwise any usable address of the subnet. `public_ip` tells whether the
    interface has a public IPv4 address (an internet gateway serves only those).
    """

    subnets: Value[tuple[str, ...]]
    groups: Value[tuple[str, ...]]
    origin: Origin
    public_ip: Value[bool] = False
    addresses: tuple[IPv4Address, ...] = ()

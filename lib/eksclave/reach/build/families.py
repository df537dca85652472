"""Whether a cluster's pods have IPv4 or IPv6 addresses."""

from __future__ import annotations

from eksclave.reach.build.base import SUBNET, Build
from eksclave.reach.facts.values import Unknown, Value, choices
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref
from eksclave.terraform.values import Unknown as NotKnown

_BLOCK = "kubernetes_network_config"


def ip_family(build: Build, cluster: Resource) -> Value[str]:
    """Return `ipv4`, which EKS takes where nobody says, or `ipv6`, or why it is not known.

    An unknown family that no visible expression sets was computed by the provider, or comes from a dynamic block, which
    plan JSON leaves out; one whose expression leads to no resource is that of a variable that is null. Then only
    subnets with IPv6 ranges make an IPv6 cluster possible.
    Source: EKS API reference, KubernetesNetworkConfigRequest; EKS user guide, "Learn about IPv6 addresses".
    """
    network = cluster.block(_BLOCK)
    if isinstance(network.get("service_ipv6_cidr"), str) and network["service_ipv6_cidr"]:
        return "ipv6"
    said = network.get("ip_family")
    if said in (None, "") or (isinstance(said, Ref) and said.address == cluster.address):
        return "ipv4"
    found = build.text(said, "ipv4")
    hidden = cluster.configured is not None and _BLOCK not in cluster.configured
    not_given = isinstance(said, NotKnown) and not said.references
    if isinstance(found, Unknown) and (hidden or not_given) and not _may_be_ipv6(build, cluster):
        return "ipv4"
    return found


def _may_be_ipv6(build: Build, cluster: Resource) -> bool:
    """Tell whether some subnet of the cluster has an IPv6 range, or may have one."""
    listed = choices(build.many(cluster.block("vpc_config").get("subnet_ids"), *SUBNET))
    if listed is None:
        return True
    subnets = [build.world.resources.get(key) for many in listed for key in many]
    return any(one is None or build.option(one, "ipv6_cidr_block") not in (None, "") for one in subnets)

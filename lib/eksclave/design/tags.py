"""Tags: of everything, and the ones that Kubernetes looks for on subnets."""

from __future__ import annotations

from eksclave.spec.model import ClusterSpec
from eksclave.spec.network import Tier


def common_tags(spec: ClusterSpec) -> dict[str, str]:
    """Return the tags of every resource; the spec's win."""
    return dict(sorted({"eksclave:cluster": spec.name, **spec.tags}.items()))


def subnet_tags(tier: Tier, cluster: str) -> dict[str, str]:
    """Return the tags of a subnet made here.

    The role tag lets the load balancer controller find its subnets (LBC docs, subnet_discovery). A
    kubernetes.io/cluster tag is left out on purpose: it is not needed since LBC 2.1.1, and a foreign one hides a
    subnet.
    """
    tags = {"eksclave:cluster": cluster, "eksclave:tier": tier}
    if tier == "load_balancers":
        tags["kubernetes.io/role/internal-elb"] = "1"
    return dict(sorted(tags.items()))

"""coredns: the cluster's DNS; forwards names outside the cluster to the VPC's resolver."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort
from eksclave.catalog.features import Feature
from eksclave.net import PortRange, Protocol

ADDON = AddonFacts(
    name="coredns",
    kind="eks-addon",
    summary="names of services and pods",
    source="EKS user guide, managing-coredns; sec-group-reqs",
    images=("{addons}/eks/coredns",),
    ports=(
        AddonPort(
            PortRange.of(53), "nodes", "every node and pod asks it, on whatever node it runs", "C10", Protocol.UDP
        ),
        AddonPort(PortRange.of(53), "nodes", "long answers come over TCP", "C10"),
    ),
    in_auto_mode=False,
    features=(Feature.COREDNS,),
)

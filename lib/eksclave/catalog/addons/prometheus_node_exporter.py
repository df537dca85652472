"""prometheus-node-exporter: metrics of the node's hardware and kernel, on the host network."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="prometheus-node-exporter",
    kind="community-addon",
    summary="metrics of nodes",
    source="EKS user guide, community-addons",
    images=("{addons}/eks/prometheus-node-exporter",),
    ports=(AddonPort(PortRange.of(9100), "pods", "metrics are scraped", "C11"),),
    namespace="prometheus-node-exporter",
)

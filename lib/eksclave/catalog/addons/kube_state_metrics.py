"""kube-state-metrics: the state of Kubernetes objects as metrics; talks to the API server alone."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="kube-state-metrics",
    kind="community-addon",
    summary="the state of objects as metrics",
    source="EKS user guide, community-addons",
    images=("{addons}/eks/kube-state-metrics",),
    ports=(AddonPort(PortRange.of(8080), "pods", "metrics are scraped", "C11"),),
    namespace="kube-state-metrics",
)

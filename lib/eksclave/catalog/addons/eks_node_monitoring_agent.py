"""eks-node-monitoring-agent: reads node logs for faults and reports them to the API server."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="eks-node-monitoring-agent",
    kind="eks-addon",
    summary="faults of nodes as node conditions",
    source="EKS user guide, node-health",
    images=("{addons}/eks/eks-node-monitoring-agent",),
    in_auto_mode=False,
    features=(Feature.NODE_MONITORING,),
)

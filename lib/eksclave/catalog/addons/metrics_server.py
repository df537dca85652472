"""metrics-server: an aggregated API; the control plane calls its pod, and it calls every kubelet."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="metrics-server",
    kind="community-addon",
    summary="kubectl top and the horizontal pod autoscaler",
    source="EKS user guide, community-addons; terraform-aws-eks node_groups.tf",
    images=("{addons}/eks/metrics-server",),
    ports=(
        AddonPort(PortRange.of(10251), "control-plane", "the aggregated API answers here in EKS's build", "C7"),
        AddonPort(PortRange.of(10250), "pods", "it reads every kubelet", "C9"),
    ),
    in_auto_mode=True,
    features=(Feature.METRICS_SERVER,),
)

"""kube-proxy: service addresses on every node."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="kube-proxy",
    kind="eks-addon",
    summary="service addresses on every node",
    source="EKS user guide, managing-kube-proxy",
    images=("{addons}/eks/kube-proxy",),
    before_nodes=True,
    in_auto_mode=False,
    features=(Feature.KUBE_PROXY,),
)

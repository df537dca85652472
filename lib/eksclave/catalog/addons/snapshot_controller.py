"""snapshot-controller: volume snapshots for CSI drivers."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts

ADDON = AddonFacts(
    name="snapshot-controller",
    kind="eks-addon",
    summary="volume snapshots",
    source="EKS user guide, csi-snapshot-controller",
    images=("{addons}/eks/snapshot-controller",),
)

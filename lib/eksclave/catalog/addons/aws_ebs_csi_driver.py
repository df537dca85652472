"""aws-ebs-csi-driver: EBS volumes. It calls EC2, not the EBS direct APIs."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="aws-ebs-csi-driver",
    kind="eks-addon",
    summary="EBS volumes for pods",
    source="EKS user guide, ebs-csi; aws-ebs-csi-driver issue 2619",
    images=(
        "{addons}/eks/aws-ebs-csi-driver",
        "{addons}/eks/csi-attacher",
        "{addons}/eks/csi-node-driver-registrar",
        "{addons}/eks/csi-provisioner",
        "{addons}/eks/csi-resizer",
        "{addons}/eks/csi-snapshotter",
        "{addons}/eks/livenessprobe",
    ),
    endpoints=(
        Need("ec2", "the driver makes and attaches volumes", ("N1",)),
        Need("sts", "the driver asks who it is when it starts", ("N5",)),
    ),
    service_account="ebs-csi-controller-sa",
    managed_policies=("service-role/AmazonEBSCSIDriverPolicy",),
    in_auto_mode=False,
    features=(Feature.EBS_CSI,),
)

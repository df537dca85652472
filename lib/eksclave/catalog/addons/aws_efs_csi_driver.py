"""aws-efs-csi-driver: EFS file systems; mounts go to one mount target per zone on port 2049."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="aws-efs-csi-driver",
    kind="eks-addon",
    summary="EFS file systems for pods",
    source="EKS user guide, efs-csi; EFS user guide, efs-vpc-endpoints",
    images=(
        "{addons}/eks/aws-efs-csi-driver",
        "{addons}/eks/csi-node-driver-registrar",
        "{addons}/eks/csi-provisioner",
        "{addons}/eks/livenessprobe",
    ),
    endpoints=(
        Need("elasticfilesystem", "dynamic provisioning makes access points", ("N18",)),
        Need("ec2", "the driver asks for its zone", ("N1",)),
    ),
    service_account="efs-csi-controller-sa",
    managed_policies=("service-role/AmazonEFSCSIDriverPolicy",),
    caveat="mount targets belong into the node subnets, where 2049 is open; elsewhere they need rules of their own",
    features=(Feature.EFS_CSI,),
)

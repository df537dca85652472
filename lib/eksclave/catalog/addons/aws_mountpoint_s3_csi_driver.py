"""aws-mountpoint-s3-csi-driver: buckets as volumes, through the S3 gateway endpoint."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need, Permission
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="aws-mountpoint-s3-csi-driver",
    kind="eks-addon",
    summary="S3 buckets as volumes",
    source="EKS user guide, s3-csi",
    images=(
        "{addons}/eks/aws-s3-csi-driver",
        "{addons}/eks/csi-node-driver-registrar",
        "{addons}/eks/livenessprobe",
    ),
    endpoints=(Need("s3", "volumes are read and written in buckets", ("N29",)),),
    service_account="s3-csi-driver-sa",
    permissions=(
        Permission(
            "MountBuckets",
            ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"),
            ("arn:{partition}:s3:::{cluster}-*", "arn:{partition}:s3:::{cluster}-*/*"),
        ),
    ),
    caveat="its role reaches the buckets whose names begin with the cluster's name and a dash",
    features=(Feature.MOUNTPOINT_S3,),
)

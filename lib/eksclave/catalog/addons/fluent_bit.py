"""fluent-bit: logs of pods to CloudWatch Logs."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need, Permission
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="fluent-bit",
    kind="community-addon",
    summary="logs of pods",
    source="EKS user guide, community-addons and private-clusters",
    images=("{addons}/eks/fluent-bit",),
    exact_images=False,
    endpoints=(Need("logs", "logs of pods go to CloudWatch Logs", ("N8",)),),
    namespace="fluent-bit",
    service_account="fluent-bit",
    permissions=(
        Permission(
            "WriteLogs",
            ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            ("arn:{partition}:logs:{region}:{account}:log-group:/aws/eks/{cluster}/*",),
        ),
    ),
    features=(Feature.FLUENT_BIT,),
)

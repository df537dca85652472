"""amazon-cloudwatch-observability: Container Insights and logs of pods."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort, Need
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="amazon-cloudwatch-observability",
    kind="eks-addon",
    summary="Container Insights and logs of pods",
    source="CloudWatch user guide, install-CloudWatch-Observability-EKS-addon",
    images=(
        "{addons}/eks/observability/cloudwatch-agent",
        "{addons}/eks/observability/cloudwatch-agent-operator",
        "{addons}/eks/observability/aws-for-fluent-bit",
    ),
    exact_images=False,
    endpoints=(
        Need("logs", "logs and performance events go to CloudWatch Logs", ("N8",)),
        Need("monitoring", "metrics go to CloudWatch", ("N22",)),
        Need("xray", "traces of Application Signals", ("N13",)),
        Need("ec2", "the agent reads tags and volumes of its instance", ("N1",)),
    ),
    ports=(AddonPort(PortRange.of(9443), "control-plane", "the API server calls the operator's webhook", "C5"),),
    namespace="amazon-cloudwatch",
    service_account="cloudwatch-agent",
    managed_policies=("CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess"),
    features=(Feature.CLOUDWATCH, Feature.XRAY),
    pods_read_imds=True,
)

"""adot: AWS's OpenTelemetry operator; its webhooks need cert-manager."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort, Need
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="adot",
    kind="eks-addon",
    summary="OpenTelemetry collectors",
    source="EKS user guide, opentelemetry; ADOT documentation, EKS add-on",
    images=(
        "{addons}/eks/observability/adot-operator",
        "{addons}/eks/observability/aws-otel-collector",
    ),
    exact_images=False,
    endpoints=(
        Need("aps-workspaces", "metrics go to Managed Prometheus", ("N21",)),
        Need("xray", "traces go to X-Ray", ("N13",)),
        Need("logs", "collectors can write CloudWatch Logs", ("N8",)),
    ),
    ports=(AddonPort(PortRange.of(9443), "control-plane", "the API server calls the operator's webhook", "C5"),),
    namespace="opentelemetry-operator-system",
    service_account="adot-collector",
    managed_policies=("AmazonPrometheusRemoteWriteAccess", "AWSXrayWriteOnlyAccess"),
    needs_addons=("cert-manager",),
    features=(Feature.AMP, Feature.XRAY),
)

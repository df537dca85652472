"""cert-manager: certificates inside the cluster. Its webhook listens on 10250 of its pod, as a kubelet does."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="cert-manager",
    kind="community-addon",
    summary="certificates for webhooks and services",
    source="EKS user guide, community-addons; cert-manager compatibility page",
    images=(
        "{addons}/eks/cert-manager-acmesolver",
        "{addons}/eks/cert-manager-cainjector",
        "{addons}/eks/cert-manager-controller",
        "{addons}/eks/cert-manager-webhook",
    ),
    exact_images=False,
    ports=(AddonPort(PortRange.of(10250), "control-plane", "the API server calls its webhook", "C6"),),
    namespace="cert-manager",
    caveat="self-signed issuers need no endpoint; DNS01 with Route 53 needs route53",
    features=(Feature.CERT_MANAGER,),
)

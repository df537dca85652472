"""eks-pod-identity-agent: hands out role credentials on 169.254.170.23, from the host network of every node."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="eks-pod-identity-agent",
    kind="eks-addon",
    summary="role credentials for service accounts",
    source="EKS user guide, pod-id-agent-setup; eks-pod-identity-agent issue 88",
    images=("{addons}/eks/eks-pod-identity-agent",),
    endpoints=(Need("eks-auth", "the agent calls AssumeRoleForPodIdentity with the node role", ("N7",)),),
    before_nodes=True,
    in_auto_mode=False,
    caveat="runs on the host network, so it starts before the CNI does and can give the CNI its role",
    features=(Feature.POD_IDENTITY,),
)

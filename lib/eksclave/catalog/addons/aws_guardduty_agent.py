"""aws-guardduty-agent: runtime monitoring. GuardDuty makes the endpoint itself where it manages the agent."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="aws-guardduty-agent",
    kind="eks-addon",
    summary="runtime monitoring by GuardDuty",
    source="GuardDuty user guide, eks-runtime-monitoring",
    images=(),
    exact_images=False,
    endpoints=(Need("guardduty-data", "the agent sends what it sees", ("N20",)),),
    namespace="amazon-guardduty",
    image_accounts=("aws-guardduty-agent*",),
    caveat="its image is in GuardDuty's registry of the Region; in automatic mode GuardDuty makes the endpoint itself",
    features=(Feature.GUARDDUTY,),
)

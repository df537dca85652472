"""aws-guardduty-agent: runtime monitoring. GuardDuty makes the endpoint itself where it manages the agent."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="aws-guardduty-agent",
    kind="eks-addon",
    summary="runtime monitoring by GuardDuty",
    source="GuardDuty user guide, eks-runtime-monitoring",
    images=("{guardduty}/aws-guardduty-agent",),
    exact_images=False,
    endpoints=(Need("guardduty-data", "the agent sends what it sees", ("N20",)),),
    namespace="amazon-guardduty",
    image_accounts=("aws-guardduty-agent*",),
    caveat="in automatic mode GuardDuty makes guardduty-data itself: set endpoints.services.guardduty-data to external",
    features=(Feature.GUARDDUTY,),
)

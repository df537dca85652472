"""external-dns: records in Route 53, a global service behind cross-Region PrivateLink."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, Need, Permission
from eksclave.catalog.features import Feature

ADDON = AddonFacts(
    name="external-dns",
    kind="community-addon",
    summary="DNS records of services and ingresses",
    source="EKS user guide, community-addons; external-dns issue 1944",
    images=("{addons}/eks/external-dns",),
    endpoints=(Need("route53", "it writes records", ("N24",)),),
    namespace="external-dns",
    service_account="external-dns",
    permissions=(
        Permission("WriteRecords", ("route53:ChangeResourceRecordSets",), ("arn:{partition}:route53:::hostedzone/*",)),
        Permission(
            "ReadZones",
            ("route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"),
        ),
    ),
    features=(Feature.EXTERNAL_DNS,),
)

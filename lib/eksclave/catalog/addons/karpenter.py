"""karpenter: nodes by demand. Known here so that its needs can be asked; the workloads stack does not deploy it yet."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort, Need
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

ADDON = AddonFacts(
    name="karpenter",
    kind="controller",
    summary="makes nodes by what waits to run",
    source="karpenter.sh docs, private clusters; karpenter-provider-aws PR 5740, issues 1157, 4985",
    images=("public.ecr.aws/karpenter/controller:1.14.1",),
    endpoints=(
        Need("ec2", "it launches instances", ("N1",)),
        Need("eks", "it discovers the cluster's endpoint", ("N6",)),
        Need("sqs", "it reads the interruption queue", ("N16",)),
        Need("ssm", "it resolves AMI aliases", ("N28",)),
    ),
    ports=(AddonPort(PortRange.of(8443), "control-plane", "the API server calls its webhook", "C5"),),
    service_account="karpenter",
    arguments=("--isolated-vpc=true",),
    in_auto_mode=False,
    caveat="needs spec.instanceProfile: with spec.role it calls IAM, which a closed network does not reach",
    features=(
        Feature.KARPENTER,
        Feature.KARPENTER_AMI_ALIAS,
        Feature.KARPENTER_INTERRUPTION,
        Feature.KARPENTER_WEBHOOK,
    ),
)

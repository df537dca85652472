"""What controllers inside the cluster need, by how the input configures them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eksclave.catalog.features import Feature as F
from eksclave.checks.view import View
from eksclave.reach.facts.hosts import Workload
from eksclave.reach.facts.iam import Role
from eksclave.reach.facts.values import choices, known_or

CONTROLLERS = {
    "aws-load-balancer-controller": F.LOAD_BALANCER_CONTROLLER,
    "cluster-autoscaler": F.CLUSTER_AUTOSCALER,
    "karpenter": F.KARPENTER,
    "external-dns": F.EXTERNAL_DNS,
    "cert-manager": F.CERT_MANAGER,
    "metrics-server": F.METRICS_SERVER,
    "ingress-nginx": F.INGRESS_NGINX,
    "prometheus-adapter": F.PROMETHEUS_ADAPTER,
    "aws-ebs-csi-driver": F.EBS_CSI,
    "aws-efs-csi-driver": F.EFS_CSI,
    "aws-for-fluent-bit": F.FLUENT_BIT,
    "fluent-bit": F.FLUENT_BIT,
    "aws-cloudwatch-metrics": F.CLOUDWATCH,
    "amazon-cloudwatch-observability": F.CLOUDWATCH,
    "secrets-store-csi-driver-provider-aws": F.SECRETS_STORE,
    "external-secrets": F.SECRETS_STORE,
    "aws-xray-daemon": F.XRAY,
    "xray-daemon": F.XRAY,
    "appmesh-controller": F.APP_MESH,
}


def controller_features(view: View) -> Iterator[tuple[F, str]]:
    """Yield the features of every controller that the input runs in the cluster."""
    for one in view.workloads:
        feature = CONTROLLERS.get(one.controller)
        if feature is None:
            continue
        where = one.origin.address
        yield feature, where
        if feature is F.LOAD_BALANCER_CONTROLLER:
            yield from ((found, where) for found in _load_balancer_controller(one))
        if feature is F.CLUSTER_AUTOSCALER and told(one) and setting(one, "aws-use-static-instance-list") != "true":
            yield F.CLUSTER_AUTOSCALER_PRICES, where
        if feature is F.KARPENTER:
            yield from ((found, where) for found in _karpenter(one))
    for one in view.workloads:
        if one.kind == "EC2NodeClass":
            values = dict(one.values)
            if values.get("spec.role"):
                yield F.KARPENTER_ROLE, one.origin.address
            if any(name.endswith("alias") for name in values):
                yield F.KARPENTER_AMI_ALIAS, one.origin.address


def told(one: Workload) -> bool:
    """Tell whether the input shows all settings of a workload, so that a missing one is really not set."""
    return not one.values_incomplete and choices(one.args) is not None and bool(one.args or one.values)


def setting(one: Workload, *names: str) -> str:
    """Return a setting by flag (`--name=value`) or chart value, lower case; empty where it is not set."""
    for argument in known_or(one.args, ()):
        name, equals, value = argument.lstrip("-").partition("=")
        if name in names:
            return value.strip("\"'").lower() if equals else "true"
    for name, value in one.values:
        if name in names or name.rpartition(".")[2] in names:
            return str(value).strip("\"'").lower()
    return ""


def _load_balancer_controller(one: Workload) -> Iterator[F]:
    if not told(one):
        return
    if setting(one, "enableShield", "enable-shield") != "false":
        yield F.LBC_SHIELD
    if setting(one, "enableWafv2", "enable-wafv2") != "false":
        yield F.LBC_WAFV2
    placed = setting(one, "region", "aws-region") and setting(one, "vpcId", "aws-vpc-id", "vpcTags")
    if not placed and not known_or(one.host_network, False):
        yield F.PODS_READ_IMDS


def _karpenter(one: Workload) -> Iterator[F]:
    if told(one) and setting(one, "isolatedVPC", "isolated-vpc") != "true":
        yield F.KARPENTER_PRICES
    if setting(one, "interruptionQueue", "interruption-queue"):
        yield F.KARPENTER_INTERRUPTION
    tags = [match for image in one.images if (match := re.search(r":v?(\d+)\.(\d+)", known_or(image, "")))]
    if not any((int(tag[1]), int(tag[2])) >= (1, 1) for tag in tags):
        yield F.KARPENTER_WEBHOOK


def interruption_queues(view: View, roles: Iterable[Role]) -> Iterator[str]:
    """Yield the queues that Karpenter is meant to read; none where its own settings are all seen and name no queue.

    Their signs: a role called karpenter may read them, spot interruption warnings are sent there, or their name.
    Source: Karpenter, getting started: the queue bears the cluster's name, its controller policy names it.
    """
    if any(one.controller == "karpenter" and told(one) for one in view.workloads):
        return
    cluster = known_or(view.cluster.name, "") or "\x00"
    own = [role for role in roles if "karpenter" in f"{role.origin.address} {known_or(role.name, '')}".lower()]
    grants = {address for role in own for address in role.attachments}
    for queue in view.snapshot.queues:
        name = known_or(queue.name, "").lower()
        if queue.warned or grants & set(queue.grants) or "karpenter" in name or name == cluster.lower():
            yield queue.origin.address

"""What a cluster uses, found in the input itself: add-ons, nodes, controllers by chart, image, account or role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eksclave.catalog.features import Feature as F
from eksclave.catalog.features import with_implied
from eksclave.checks.controllers import controller_features, interruption_queues
from eksclave.checks.people import has_ssm, linked_vpcs, meant_for_sessions
from eksclave.checks.view import View
from eksclave.reach.facts.clusters import Cluster, NodeGroup
from eksclave.reach.facts.iam import Role
from eksclave.reach.facts.values import choices, known_or
from eksclave.reach.names import is_amazon_dns
from eksclave.reach.snapshot import Snapshot

Found = Iterator[tuple[F, str]]

ADDONS = {
    "vpc-cni": (F.VPC_CNI,),
    "coredns": (F.COREDNS,),
    "kube-proxy": (F.KUBE_PROXY,),
    "aws-ebs-csi-driver": (F.EBS_CSI,),
    "aws-efs-csi-driver": (F.EFS_CSI,),
    "aws-fsx-csi-driver": (F.FSX_CSI,),
    "aws-mountpoint-s3-csi-driver": (F.MOUNTPOINT_S3,),
    "eks-pod-identity-agent": (F.POD_IDENTITY,),
    "amazon-cloudwatch-observability": (F.CLOUDWATCH,),
    "adot": (F.XRAY,),
    "aws-guardduty-agent": (F.GUARDDUTY,),
    "metrics-server": (F.METRICS_SERVER,),
    "cert-manager": (F.CERT_MANAGER,),
    "external-dns": (F.EXTERNAL_DNS,),
    "fluent-bit": (F.FLUENT_BIT,),
    "eks-node-monitoring-agent": (F.NODE_MONITORING,),
    "aws-secrets-store-csi-driver-provider": (F.SECRETS_STORE,),
}

# Names of service accounts, roles and associations, as the projects' own installation guides choose them.
NAMED = (
    (
        re.compile(r"load-?balancer-?controller|(?:^|[-_:/])lbc(?:[-_]|$)|alb-?(?:ingress|controller)", re.I),
        F.LOAD_BALANCER_CONTROLLER,
    ),
    (re.compile(r"cluster-?autoscaler", re.I), F.CLUSTER_AUTOSCALER),
    (re.compile(r"karpenter(?!.*(?:node|instance))", re.I), F.KARPENTER),
    (re.compile(r"external-?dns", re.I), F.EXTERNAL_DNS),
    (re.compile(r"ebs-?csi", re.I), F.EBS_CSI),
    (re.compile(r"efs-?csi", re.I), F.EFS_CSI),
    (re.compile(r"fluent-?bit", re.I), F.FLUENT_BIT),
    (re.compile(r"cloudwatch-?agent", re.I), F.CLOUDWATCH),
)

_ACTIONS = {
    "autoscaling:setdesiredcapacity": F.CLUSTER_AUTOSCALER,
    "elasticloadbalancing:createloadbalancer": F.LOAD_BALANCER_CONTROLLER,
    "ec2:createfleet": F.KARPENTER,
    "aps:remotewrite": F.AMP,
}
_PACKAGES = re.compile(r"\b(?:dnf|yum)\s+(?:-\S+\s+)*(?:install|update|upgrade|makecache)")


def view_of(
    snapshot: Snapshot, cluster: Cluster, given: Iterable[F] = (), existing: frozenset[str] = frozenset()
) -> View:
    """Return the cluster with every feature that the input shows, and those that the user gave."""
    bare = View(snapshot, cluster, frozenset())
    found: dict[F, str] = dict.fromkeys(given, "given by --feature")
    for feature, where in _features(bare):
        found.setdefault(feature, where)
    if F.KARPENTER in found:
        for where in interruption_queues(bare, pod_roles(bare)):
            found.setdefault(F.KARPENTER_INTERRUPTION, where)
    features = with_implied(found)
    return View(snapshot, cluster, features, tuple(sorted(found.items())), existing)


def _features(view: View) -> Found:
    yield from _compute(view)
    yield from _addons(view)
    yield from _identities(view)
    yield from controller_features(view)
    yield from _ways_in(view)
    yield from _surroundings(view)


def _compute(view: View) -> Found:
    auto = known_or(view.cluster.auto_mode, False)
    if auto:
        yield F.AUTO_MODE, view.address
    for group in view.node_groups:
        yield (F.MANAGED_NODES if group.managed else F.SELF_MANAGED_NODES), group.origin.address
        yield from _group(view, group)
    for profile in view.fargate_profiles:
        yield F.FARGATE, profile.origin.address
    if view.cluster.ip_family == "ipv6":
        yield F.IPV6, view.address
    yield from ((F.IPV6, subnet.origin.address) for subnet in view.reach_subnets if subnet.ipv6_only)
    if known_or(view.cluster.bootstrap_addons, True) and view.node_groups:
        yield from ((feature, view.address) for feature in (F.VPC_CNI, F.COREDNS, F.KUBE_PROXY))
    if view.cluster.egress_mode == "CUSTOMER_ROUTED":
        yield F.CUSTOMER_ROUTED_CONTROL_PLANE, view.address


def _group(view: View, group: NodeGroup) -> Found:
    where = group.origin.address
    ami = known_or(group.ami_type, "")
    kinds = {"AL2023": F.AL2023, "AL2_": F.AL2, "BOTTLEROCKET": F.BOTTLEROCKET, "WINDOWS": F.WINDOWS}
    yield from ((feature, where) for prefix, feature in kinds.items() if ami.startswith(prefix))
    if "FIPS" in ami:
        yield F.FIPS, where
    text = known_or(group.user_data, "") or ""
    if "bootstrap.sh" in text and "--apiserver-endpoint" not in text:
        yield F.BOOTSTRAP_DESCRIBES_CLUSTER, where
    if "InstanceIdNodeName" in text and re.search(r"InstanceIdNodeName:\s*true", text):
        yield F.INSTANCE_ID_NODE_NAME, where
    if _PACKAGES.search(text):
        yield F.USER_DATA_PACKAGES, where
    if "cfn-signal" in text:
        yield F.CFN_SIGNAL, where
    if has_ssm(view, group.role):
        yield F.SSM_NODES, where


def _addons(view: View) -> Found:
    for addon in view.addons:
        for name in choices(addon.name) or ():
            yield from ((feature, addon.origin.address) for feature in ADDONS.get(name, ()))


def _identities(view: View) -> Found:
    for provider in view.snapshot.oidc_providers:
        if view.belongs(provider.cluster):
            yield F.IRSA, provider.origin.address
            if provider.reads_issuer:
                yield F.READS_ISSUER, provider.origin.address
    for addon in view.addons:
        if addon.role is not None and not addon.pod_identity:
            yield F.IRSA, addon.origin.address
        if addon.pod_identity:
            yield F.POD_IDENTITY, addon.origin.address
    for one in view.snapshot.pod_identities:
        if view.belongs(one.cluster):
            yield F.POD_IDENTITY, one.origin.address
            yield from _named(known_or(one.service_account, ""), one.origin.address)
    for role in pod_roles(view):
        yield from _role(role)


def pod_roles(view: View) -> tuple[Role, ...]:
    """Return the roles that pods of this cluster take on, as far as the input ties them to it."""
    keys = {known_or(one.role, "") for one in view.snapshot.pod_identities if view.belongs(one.cluster)}
    keys |= {known_or(addon.role, "") or "" for addon in view.addons}
    keys |= {known_or(role, "") for addon in view.addons for _, role in addon.pod_identity}
    keys |= {known_or(one.role, "") or "" for one in view.workloads}
    alone = len(view.snapshot.clusters) == 1
    name = known_or(view.cluster.name, "") or "\x00"
    return tuple(
        role
        for role in view.snapshot.roles
        if role.key in keys
        or (choices(role.service_accounts) != ((),) and (alone or name in known_or(role.name, role.key)))
    )


def _role(role: Role) -> Found:
    where = role.origin.address
    for account in known_or(role.service_accounts, ()):
        yield from _named(account, where)
    yield from _named(known_or(role.name, ""), where)
    yield from _named(where.rpartition(".")[2], where)
    for arn in role.managed:
        name = known_or(arn, "").rpartition("/")[2]
        if name == "AmazonPrometheusRemoteWriteAccess":
            yield F.AMP, where
        if name in ("AWSXrayWriteOnlyAccess", "AWSXRayDaemonWriteAccess"):
            yield F.XRAY, where
        if name == "AmazonEBSCSIDriverPolicy":
            yield F.EBS_CSI, where
        if name == "AmazonEFSCSIDriverPolicy":
            yield F.EFS_CSI, where
    for policy in role.policies:
        for statement in getattr(policy, "statements", ()):
            if statement.effect == "Allow":
                for action in known_or(statement.actions or (), ()):
                    if action.lower() in _ACTIONS:
                        yield _ACTIONS[action.lower()], where


def _named(text: str, where: str) -> Found:
    yield from ((feature, where) for pattern, feature in NAMED if text and pattern.search(text))


def _ways_in(view: View) -> Found:
    for host in view.bastions:
        yield F.BASTION, host.origin.address
        if has_ssm(view, host.role) or meant_for_sessions(view, host):
            yield F.SSM_BASTION, host.origin.address
        text = known_or(host.user_data, "") or ""
        if _PACKAGES.search(text):
            yield F.USER_DATA_PACKAGES, host.origin.address
        if "cfn-signal" in text:
            yield F.CFN_SIGNAL, host.origin.address
    for runner in view.runners:
        yield F.RUNNER_IN_VPC, runner.origin.address
    if view.operators:
        yield F.PEERED_OPERATORS, ", ".join(map(str, view.operators))
    for party in view.operator_hosts:
        yield F.PEERED_OPERATORS, party.placements[0].origin.address
    if view.workloads:
        yield F.IN_CLUSTER_RESOURCES, view.workloads[0].origin.address


def _surroundings(view: View) -> Found:
    if any(view.vpc_key in (known_or(p.requester, ""), known_or(p.accepter, "")) for p in view.snapshot.peerings):
        yield F.PEERING, ", ".join(sorted(linked_vpcs(view)))
    for balancer in view.load_balancers:
        yield F.INGRESS, balancer.origin.address
    for rule in view.snapshot.pull_through_rules:
        yield F.PULL_THROUGH_CACHE, rule.origin.address
    for lock in view.snapshot.image_locks:
        yield F.IMAGE_LOCK, lock.origin.address
    for endpoint in view.endpoints:
        if known_or(endpoint.service, "").endswith(".cloudformation"):
            yield F.CFN_SIGNAL, endpoint.origin.address
    options = {one.key: one for one in view.snapshot.dhcp_options}
    chosen = options.get(known_or(view.vpc.dhcp, None) or "") if view.vpc else None
    servers = known_or(chosen.servers, ()) if chosen else ()
    if chosen and view.vpc and servers and not any(is_amazon_dns(view.vpc, server) for server in servers):
        yield F.CUSTOM_DNS, chosen.origin.address

"""The calls that flows make through an endpoint, as its policy sees them: action, resource, caller, condition keys."""

from __future__ import annotations

import re

from eksclave.catalog.features import Feature as F
from eksclave.catalog.partitions import partition_of
from eksclave.catalog.registries import addon_account, starport_bucket
from eksclave.checks.view import View
from eksclave.reach.facts.endpoints import Endpoint
from eksclave.reach.facts.network import Vpc
from eksclave.reach.facts.values import HOLE, Unknown, Value, known_or
from eksclave.reach.policies import NOT_YOURS, PRINCIPAL_KEYS, Request

# VPC CNI: docs/iam-policy.md. EBS CSI: docs/example-iam-policy.json. LBC: docs/install/iam_policy.json.
CNI = tuple(
    f"ec2:{name}"
    for name in (
        "AssignPrivateIpAddresses",
        "AttachNetworkInterface",
        "CreateNetworkInterface",
        "CreateTags",
        "DeleteNetworkInterface",
        "DescribeInstances",
        "DescribeNetworkInterfaces",
        "DetachNetworkInterface",
        "ModifyNetworkInterfaceAttribute",
        "UnassignPrivateIpAddresses",
    )
)
ACTIONS: dict[str, tuple[str, ...]] = {
    "N2": ("ecr:GetAuthorizationToken",),
    "N3": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "N4": ("s3:GetObject",),
    "N7": ("eks-auth:AssumeRoleForPodIdentity",),
    "N8": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "N9": ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DescribeLoadBalancers"),
    "N10": (
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
    ),
    "N13": ("xray:PutTraceSegments",),
    "N15": ("secretsmanager:GetSecretValue",),
    "N16": ("sqs:DeleteMessage", "sqs:ReceiveMessage"),
    "N18": ("elasticfilesystem:CreateAccessPoint", "elasticfilesystem:DescribeFileSystems"),
    "N21": ("aps:RemoteWrite",),
    "N22": ("cloudwatch:PutMetricData",),
    "N24": ("route53:ChangeResourceRecordSets", "route53:ListHostedZones"),
    "N27": ("cloudformation:SignalResource",),
    "N28": ("ssm:GetParameter",),
    "N29": ("s3:GetObject",),
}
SSM = {
    "ssm": ("ssm:UpdateInstanceInformation",),
    "ssmmessages": ("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"),
}
PREFIXES = {"monitoring": "cloudwatch", "aps-workspaces": "aps", "guardduty-data": "guardduty", "tagging": "tag"}
"""What actions begin with, where that is not the first word of the service's name (service authorization reference)."""
_WHOLE = ("Describe", "List", "GetAuthorizationToken", "GetCallerIdentity", "PutMetricData", "PutTraceSegments")
_SIGNED = Unknown("layer URLs are signed in advance, AWS does not say by whom")

Keys = dict[str, Value[tuple[str, ...]] | None]


def calls(view: View, requirement: str, service: str, endpoint: Endpoint) -> list[Request]:
    """Return the calls that a flow makes through an endpoint; where they are not listed, one that may be any."""
    match requirement:
        case "N1":
            actions = ("ec2:DescribeInstances",) if view.has(F.NODES) else ()
            actions += CNI if view.has(F.VPC_CNI) and view.node_groups else ()
            actions += ("ec2:AttachVolume", "ec2:CreateVolume") if view.has(F.EBS_CSI) else ()
        case "N3":
            return [_pull(view, endpoint, action, *one) for one in _repositories(view) for action in ACTIONS["N3"]]
        case "N4":
            return [_layer(view, endpoint)]
        case "N5":
            found = [_web_identity(view, endpoint)] if view.has(F.IRSA) else []
            return found + ([_call(view, endpoint, "sts:GetCallerIdentity")] if view.has(F.EBS_CSI) else [])
        case "N6":
            actions = ("eks:DescribeCluster",) if view.has(F.KARPENTER, F.BOOTSTRAP_DESCRIBES_CLUSTER) else ()
            actions += ("eks:DescribeNodegroup",) if view.has(F.CLUSTER_AUTOSCALER) else ()
        case "N11" | "B2":
            actions = SSM.get(service, ())
        case _:
            prefix = PREFIXES.get(service, service.split(".")[0])
            actions = ACTIONS.get(requirement) or (f"{prefix}:{HOLE}",)
    return [_call(view, endpoint, action) for action in dict.fromkeys(actions)]


def assumed(view: View) -> tuple[str, ...]:
    """Return what the decision about such calls rests on."""
    return (*view.own_account[1], *view.own_organisation[1])


def _call(view: View, endpoint: Endpoint, action: str, resource: str = "", **keys: Value[tuple[str, ...]]) -> Request:
    account = view.own_account[0]
    caller = f"arn:{partition_of(view.region).id}:iam::{known_or(account, HOLE)}:role/{HOLE}"
    context: Keys = {**_context(view, endpoint), "aws:principaltype": ("AssumedRole",), **keys}
    return Request(action, resource or _resource(view, action), caller, account, tuple(sorted(context.items())))


def _resource(view: View, action: str) -> str:
    """Return what the call is about, with holes where that is not known. Calls that list things take no resource."""
    prefix, _, verb = action.partition(":")
    if verb.startswith(_WHOLE) and prefix != "eks":
        return "*"
    cluster = known_or(view.cluster.name, HOLE)
    account = known_or(view.own_account[0], HOLE)
    kind = {"eks": f"cluster/{cluster}", "eks-auth": f"cluster/{cluster}"}.get(prefix, HOLE)
    kind = f"nodegroup/{cluster}/{HOLE}" if action == "eks:DescribeNodegroup" else kind
    partition = partition_of(view.region).id
    if prefix in ("iam", "sts", "route53"):
        return f"arn:{partition}:{prefix}::{HOLE}"
    if prefix == "s3":
        return f"arn:{partition}:s3:::{HOLE}"
    return f"arn:{partition}:{prefix.removesuffix('-auth')}:{view.region}:{account}:{kind}"


def _layer(view: View, endpoint: Endpoint) -> Request:
    """Return the download of an image layer: an object of ECR's bucket, by a URL that is signed in advance."""
    bucket = f"arn:{partition_of(view.region).id}:s3:::{starport_bucket(view.region)}/{HOLE}"
    keys: dict[str, Value[tuple[str, ...]]] = dict.fromkeys(PRINCIPAL_KEYS, _SIGNED)
    return _call(view, endpoint, "s3:GetObject", bucket, **keys, **_foreign(NOT_YOURS))


def _pull(view: View, endpoint: Endpoint, action: str, repository: str, owner: str) -> Request:
    own = owner == view.own_account[0]
    return _call(view, endpoint, action, repository, **({} if own else _foreign(owner)))


def _web_identity(view: View, endpoint: Endpoint) -> Request:
    """Return the call that IRSA makes. It carries no principal, so no aws:Principal keys."""
    account = view.own_account[0]
    role = f"arn:{partition_of(view.region).id}:iam::{known_or(account, HOLE)}:role/{HOLE}"
    keys: Keys = {**_context(view, endpoint), **dict.fromkeys(PRINCIPAL_KEYS)}
    return Request("sts:AssumeRoleWithWebIdentity", role, None, account, tuple(sorted(keys.items())))


def _repositories(view: View) -> list[tuple[str, str]]:
    """Return repositories that nodes pull from, with the account that owns each: add-ons, and images of the input."""
    partition, region, account = partition_of(view.region).id, view.region, addon_account(view.region)
    found: dict[str, str] = {}
    if view.node_groups or view.addons:
        for name in ("amazon-k8s-cni", "eks/coredns", "eks/kube-proxy"):
            found[f"arn:{partition}:ecr:{region}:{account}:repository/{name}"] = account
    for image in view.snapshot.images:
        text = known_or(image.reference, "")
        match = re.match(r"(\d{12})\.dkr\.ecr[.-].*?\.amazonaws\.com(?:\.cn)?/([^:@\x00]+)", text)
        if match:
            found.setdefault(f"arn:{partition}:ecr:{region}:{match[1]}:repository/{match[2]}", match[1])
    return list(found.items())


def _foreign(owner: str) -> dict[str, Value[tuple[str, ...]]]:
    """Return the keys of a resource that belongs to another account."""
    return {"aws:resourceaccount": (owner,), "s3:resourceaccount": (owner,), "aws:resourceorgid": (NOT_YOURS,)}


def _context(view: View, endpoint: Endpoint) -> Keys:
    """Return the condition keys of a call by a role of the cluster's account through this endpoint.

    A VPC or endpoint that this input makes is known by its key: policies that refer to it say the same, and no literal
    can name it yet.
    """
    account, organisation = _one(view.own_account[0]), _one(view.own_organisation[0])
    return {
        "aws:principalorgid": organisation,
        "aws:principalisawsservice": ("false",),
        "aws:requestedregion": (view.region,),
        "aws:resourceaccount": account,
        "s3:resourceaccount": account,
        "aws:resourceorgid": organisation,
        "aws:securetransport": ("true",),
        "aws:sourcevpc": _name(view.vpc) if view.vpc else Unknown("the VPC is not known"),
        "aws:sourcevpce": _name(endpoint),
        "aws:viaawsservice": ("false",),
    }


def _one(value: Value[str]) -> Value[tuple[str, ...]]:
    return (value,) if isinstance(value, str) else Unknown("not in the input")


def _name(one: Vpc | Endpoint) -> Value[tuple[str, ...]]:
    if isinstance(one.id, str):
        return (one.id,)
    only_read = ".data." in f".{one.origin.address}"
    return Unknown("known only after it is read") if only_read else (one.key,)

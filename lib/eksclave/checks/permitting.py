"""What an endpoint's policy must let through for a flow to work, and whether it does."""

from __future__ import annotations

import re

from eksclave.catalog.features import Feature as F
from eksclave.catalog.partitions import partition_of
from eksclave.catalog.registries import addon_account, starport_bucket
from eksclave.checks.asking import say, stop
from eksclave.checks.iam import Request, decide_policy
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import Unknown, choices, known_or

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
}
SSM = {
    "ssm": ("ssm:UpdateInstanceInformation",),
    "ssmmessages": ("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"),
}


def refused(view: View, requirement: str, service: str, key: str) -> Result | None:
    """Return the fail or unknown of the endpoint's policy for this flow, None where everything is allowed."""
    endpoint = view.snapshot.endpoint_by_key.get(key)
    if endpoint is None or endpoint.policy is None:
        return None
    asked = requests(view, requirement, service, endpoint)
    policies = choices(endpoint.policy)
    if asked and policies is None:
        why = endpoint.policy.reason if isinstance(endpoint.policy, Unknown) else "several"
        reason = f"the policy of {endpoint.origin.address} is not known: {why}"
        return say(view, requirement, Outcome.UNKNOWN, reason, [stop(endpoint.origin, reason)])
    worst: Result | None = None
    for request in asked:
        for policy in policies or ():
            found = _answer(view, requirement, service, endpoint, policy, request)
            if found and found.outcome is Outcome.FAIL:
                return found
            worst = worst or found
    return worst


def _answer(
    view: View, requirement: str, service: str, endpoint: Endpoint, policy: Policy | None, request: Request
) -> Result | None:
    if policy is None:
        return None
    outcome, statement = decide_policy(policy, request)
    if outcome is Outcome.PASS:
        return None
    where, on = endpoint.origin.address, "" if request.resource in ("", "*") else f" on {request.resource}"
    said = "denies" if outcome is Outcome.FAIL else "may deny"
    how = f"by statement '{statement.sid or statement.origin}'" if statement else "as no statement allows it"
    reason = f"the policy of {where} {said} {request.action}{on}, {how}"
    fix = (
        f'add to the policy of {where}: Effect "Allow", Principal "*", Action "{request.action}", '
        f'Resource "{_general(request.resource) or "*"}"'
    )
    if statement is not None and outcome is Outcome.FAIL:
        fix = f"narrow statement '{statement.sid or statement.origin}' so that it does not deny {request.action}{on}"
    because = ("R12",)
    if service == "s3":
        because = ("R14",)
    elif request.anonymous:
        because = ("R13", "R12")
    at = [stop(endpoint.origin, reason)]
    return say(view, requirement, outcome, reason, at, fix=fix, because=because if outcome is Outcome.FAIL else ())


def _general(resource: str) -> str:
    return resource if resource.endswith("*") else re.sub(r"(repository/|starport-layer-bucket/).*", r"\1*", resource)


def requests(view: View, requirement: str, service: str, endpoint: Endpoint) -> list[Request]:
    """Return the calls that a flow makes through an endpoint."""
    partition, region = partition_of(view.region).id, view.region
    gateway = endpoint.kind is EndpointKind.GATEWAY
    context = _context(view, endpoint, service)
    listed = SSM.get(service, ()) if requirement in ("N11", "B2") else ACTIONS.get(requirement, ())
    found = [_call(action, context, gateway) for action in listed]
    if requirement == "N1":
        actions = ("ec2:DescribeInstances",) if view.has(F.NODES) else ()
        actions += CNI if view.has(F.VPC_CNI) and view.node_groups else ()
        actions += ("ec2:AttachVolume", "ec2:CreateVolume") if view.has(F.EBS_CSI) else ()
        found = [_call(action, context) for action in dict.fromkeys(actions)]
    if requirement == "N4":
        layer = f"arn:{partition}:s3:::{starport_bucket(region)}/layer"
        found = [Request("s3:GetObject", layer, gateway=gateway, context=context)]
    if requirement == "N3":
        found = [
            Request(action, resource, context=_foreign(context) if foreign else context)
            for resource, foreign in _repositories(view, partition)
            for action in ACTIONS["N3"]
        ]
    if requirement == "N5":
        bare = {key: value for key, value in context.items() if not key.startswith("aws:principal")}
        found = [Request("sts:AssumeRoleWithWebIdentity", "", anonymous=True, context=bare)] if view.has(F.IRSA) else []
        found += [_call("sts:GetCallerIdentity", context)] if view.has(F.EBS_CSI) else []
    if requirement == "N6":
        own = view.has(F.KARPENTER, F.BOOTSTRAP_DESCRIBES_CLUSTER)
        found = [_call("eks:DescribeCluster", context)] if own else []
        found += [_call("eks:DescribeNodegroup", context)] if view.has(F.CLUSTER_AUTOSCALER) else []
    return found


def _call(action: str, context: dict[str, str | None], gateway: bool = False) -> Request:
    """Describe, List and Get calls of these services take no resource; others name one that is not known here."""
    verb = action.partition(":")[2]
    whole = verb.startswith(("Describe", "List", "GetAuthorizationToken", "GetCallerIdentity")) and action[:4] != "eks:"
    return Request(action, "*" if whole else "", gateway=gateway, context=context)


def _repositories(view: View, partition: str) -> list[tuple[str, bool]]:
    """Return repositories that nodes pull from, and whether they belong to AWS: add-ons, and images of the input."""
    region, account = view.region, addon_account(view.region)
    found: dict[str, bool] = {}
    if view.node_groups or view.addons:
        for name in ("amazon-k8s-cni", "eks/coredns", "eks/kube-proxy"):
            found[f"arn:{partition}:ecr:{region}:{account}:repository/{name}"] = True
    for image in view.snapshot.images:
        text = known_or(image.reference, "")
        match = re.match(r"(\d{12})\.dkr\.ecr[.-].*?\.amazonaws\.com(?:\.cn)?/([^:@\x00]+)", text)
        if match:
            found.setdefault(f"arn:{partition}:ecr:{region}:{match[1]}:repository/{match[2]}", match[1] == account)
    return list(found.items())


def account_of(view: View) -> str | None:
    """Return the account of the cluster where the input says it."""
    if view.vpc and isinstance(view.vpc.account, str):
        return view.vpc.account
    for role in view.snapshot.roles:
        match = re.match(r"arn:[^:]+:iam::(\d{12}):", known_or(role.arn, ""))
        if match:
            return match[1]
    return None


def _context(view: View, endpoint: Endpoint, service: str) -> dict[str, str | None]:
    """Return the condition keys of a call by a role of the cluster's account through this endpoint."""
    account = account_of(view)
    own = account or "*own*"
    vpc = known_or(view.vpc.id, "*new*") if view.vpc else "*new*"
    layers = service == "s3"
    return {
        "aws:principalaccount": None if layers else own,  # layer URLs are signed in advance, AWS does not say by whom
        "aws:principalarn": None,
        "aws:principalorgid": None if layers else "*own*",
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:requestedregion": view.region,
        "aws:resourceaccount": "(AWS)" if layers else own,
        "s3:resourceaccount": "(AWS)" if layers else own,
        "aws:resourceorgid": "(AWS)" if layers else "*own*",
        "aws:securetransport": "true",
        "aws:sourcevpc": vpc,
        "aws:sourcevpce": known_or(endpoint.id, "*new*"),
        "aws:viaawsservice": "false",
    }


def _foreign(context: dict[str, str | None]) -> dict[str, str | None]:
    return {**context, "aws:resourceaccount": "(AWS)", "aws:resourceorgid": "(AWS)"}

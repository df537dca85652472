"""What the record of calls proves: order before the first node, a cluster that was never public, services kept to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .estate import AWS, Json, Stack
from .result import Proof

OUTSIDE = "outside"
"""What the emulator records as the service of a call for another machine."""

_NODES = ("CreateNodegroup", "CreateFargateProfile")

STEPS: dict[str, tuple[str, ...]] = {
    "endpoints before nodes": ("CreateVpcEndpoint",),
    "routes before nodes": ("CreateRoute", "AssociateRouteTable", "CreateRouteTable"),
    "network ACLs before nodes": ("CreateNetworkAclEntry", "ReplaceNetworkAclAssociation"),
}
"""Proof → the calls that make what a node needs. Deletes and replacements later in the run do not count."""


def prove(calls: Sequence[Json], stacks: Iterable[Stack]) -> tuple[Proof, ...]:
    """Return every proof over the calls of the applies; `calls` ends where the destroys begin."""
    good = [(i, call) for i, call in enumerate(calls) if call["status"] < 400]
    first = next((i for i, call in good if call["service"] == "eks" and call["action"] in _NODES), None)
    made = [
        *_before_nodes(good, first),
        _rules(good, first),
        _attachments(good, first),
        _entries(good, first),
        _network_plugin(good, first),
    ]
    return (*made, _private(good), _services(calls, stacks), _inside(calls))


def _verdict(name: str, asked: int, late: Sequence[str], fine: str, nothing: str) -> Proof:
    if late:
        return Proof(name, "fail", asked, f"after the first node: {', '.join(sorted(set(late)))}")
    return Proof(name, "pass", asked, fine) if asked else Proof(name, "asked nothing", 0, nothing)


def _nothing(first: int | None) -> str:
    return "no node group was made" if first is None else "no such call was made"


def _before_nodes(good: Sequence[tuple[int, Json]], first: int | None) -> list[Proof]:
    made = []
    for name, actions in STEPS.items():
        of = [(i, call) for i, call in good if call["service"] == "ec2" and call["action"] in actions]
        late = [_what(call) for i, call in of if first is not None and i > first]
        asked = len(of) if first is not None else 0
        made.append(_verdict(name, asked, late, f"{asked} calls, all before the first node", _nothing(first)))
    return made


def _rules(good: Sequence[tuple[int, Json]], first: int | None) -> Proof:
    """The rules of every security group that an endpoint carries."""
    groups = {
        value
        for _, call in good
        if call["action"] == "CreateVpcEndpoint"
        for key, value in call["asked"].items()
        if key.startswith("SecurityGroupId")
    }
    actions = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")
    of = [(i, call) for i, call in good if call["action"] in actions and call["asked"].get("GroupId") in groups]
    late = [_what(call) for i, call in of if first is not None and i > first]
    asked = len(of) if first is not None else 0
    fine = f"{asked} calls, all before the first node"
    return _verdict("endpoint rules before nodes", asked, late, fine, _nothing(first))


def _attachments(good: Sequence[tuple[int, Json]], first: int | None) -> Proof:
    """The policies of every role that a node group runs as."""
    roles = {
        str(call["asked"].get("nodeRole") or call["asked"].get("podExecutionRoleArn")).rpartition("/")[2]
        for _, call in good
        if call["action"] in _NODES
    }
    actions = ("AttachRolePolicy", "PutRolePolicy", "AddRoleToInstanceProfile")
    of = [(i, call) for i, call in good if call["action"] in actions and call["asked"].get("RoleName") in roles]
    late = [_what(call) for i, call in of if first is not None and i > first]
    bare = [
        f"role {role} has no policy"
        for role in sorted(roles)
        if not any(c["asked"].get("RoleName") == role for _, c in of)
    ]
    return _verdict(
        "node policies before nodes",
        len(of),
        [*late, *(bare if of else [])],
        f"{len(of)} calls, all before the first node",
        "no role of a node was given a policy here",
    )


def _entries(good: Sequence[tuple[int, Json]], first: int | None) -> Proof:
    """Access entries with their policies; those of managed nodes EKS writes itself."""
    actions = ("CreateAccessEntry", "AssociateAccessPolicy")
    of = [(i, call) for i, call in good if call["action"] in actions]
    late = [_what(call) for i, call in of if first is not None and i > first]
    asked = len(of) if first is not None else 0
    nothing = "no entry was asked for; EKS writes those of managed nodes itself"
    return _verdict("access entries before nodes", asked, late, f"{asked} calls, all before the first node", nothing)


def _network_plugin(good: Sequence[tuple[int, Json]], first: int | None) -> Proof:
    """The VPC CNI is there before nodes: as an add-on, or because EKS brings its own copy."""
    name = "network plugin before nodes"
    if first is None:
        return Proof(name, "asked nothing", 0, _nothing(first))
    clusters = [call["asked"] for _, call in good if call["action"] == "CreateCluster"]
    of = [i for i, call in good if call["action"] == "CreateAddon" and call["asked"].get("addonName") == "vpc-cni"]
    if of:
        return Proof(
            name,
            "pass" if min(of) < first else "fail",
            len(of),
            "the vpc-cni add-on was there first" if min(of) < first else "the vpc-cni add-on came after the first node",
        )
    if any((one.get("computeConfig") or {}).get("enabled") for one in clusters):
        return Proof(name, "pass", len(clusters), "Auto Mode brings its own")
    if all(one.get("bootstrapSelfManagedAddons", True) for one in clusters):
        return Proof(name, "pass", len(clusters), "EKS brings its self-managed copy")
    return Proof(name, "fail", len(clusters), "no vpc-cni add-on, and bootstrapSelfManagedAddons is false")


def _private(good: Sequence[tuple[int, Json]]) -> Proof:
    """No create and no change ever asked for a public API endpoint."""
    of = [
        call
        for _, call in good
        if call["action"] in ("CreateCluster", "UpdateClusterConfig")
        and call["asked"].get("resourcesVpcConfig") is not None
    ]
    public = [
        f"{call['action']} in {call['client'] or 'a stack'} at {call['at']:.0f} s"
        for call in of
        if call["asked"]["resourcesVpcConfig"].get("endpointPublicAccess", call["action"] == "CreateCluster")
    ]
    if public:
        return Proof("cluster never public", "fail", len(of), f"the API was public: {', '.join(public)}")
    return Proof(
        "cluster never public",
        "pass" if of else "asked nothing",
        len(of),
        "private from its first call" if of else "no cluster was made",
    )


_SERVICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aws_iam", ("iam",)),
    ("aws_eks", ("eks",)),
    ("aws_ecrpublic", ("ecr-public",)),
    ("aws_ecr", ("ecr",)),
    ("aws_kms", ("kms",)),
    ("aws_cloudwatch_log", ("logs",)),
    ("aws_cloudwatch_event", ("events",)),
    ("aws_cloudwatch", ("monitoring",)),
    ("aws_ssm", ("ssm",)),
    ("aws_sqs", ("sqs",)),
    ("aws_sns", ("sns",)),
    ("aws_s3", ("s3",)),
    ("aws_secretsmanager", ("secretsmanager",)),
    ("aws_autoscaling", ("autoscaling",)),
    ("aws_lb", ("elasticloadbalancing",)),
    ("aws_alb", ("elasticloadbalancing",)),
    ("aws_route53", ("route53",)),
    ("aws_acm", ("acm",)),
    ("aws_ram", ("ram",)),
    ("aws_dynamodb", ("dynamodb",)),
    ("aws_efs", ("elasticfilesystem",)),
    ("aws_caller_identity", ("sts",)),
    ("aws_partition", ()),
    ("aws_region", ()),
    ("aws_service", ()),
    ("aws_arn", ()),
    ("aws_billing", ()),
    ("aws_ip_ranges", ()),
    ("aws_default_tags", ()),
    ("aws_guardduty", ("guardduty",)),
    ("aws_networkfirewall", ("network-firewall",)),
    ("aws_lambda", ("lambda",)),
    ("aws_instance", ("ec2", "iam", "ssm", "kms")),
    ("aws_launch_template", ("ec2", "ssm")),
    ("aws_flow_log", ("ec2",)),
)
_EC2 = (
    "vpc",
    "subnet",
    "route",
    "security",
    "network",
    "ec2",
    "default",
    "main",
    "eip",
    "nat",
    "internet",
    "ami",
    "availability",
    "ebs",
    "key",
    "placement",
    "customer",
    "vpn",
    "egress",
    "spot",
    "volume",
    "prefix",
    "managed",
)


def services_of(stack: Stack) -> set[str] | None:
    """Return the services that a stack's resources and data sources call, or None where a type is not known here."""
    found = {"sts"}
    if stack.backend[0] == "s3" or any(str(one.get("backend")) == "s3" for one in stack.remote_states.values()):
        found |= {"s3", "dynamodb"}
    for kind in ("resource", "data"):
        for type_, _, _ in stack.blocks(kind):
            if not type_.startswith("aws_"):
                continue
            known = next((services for prefix, services in _SERVICES if type_.startswith(prefix)), None)
            if known is None and type_.split("_")[1] in _EC2:
                known = ("ec2",)
            if known is None:
                return None
            found |= set(known)
    return found


def _services(calls: Sequence[Json], stacks: Iterable[Stack]) -> Proof:
    """Each stack called the services of its own resources and no other."""
    allowed = {stack.name: services_of(stack) for stack in stacks if AWS in stack.providers.values()}
    strange = {
        f"{call['client']} called {call['service']} {call['action']}"
        for call in calls
        if (own := allowed.get(call["client"])) is not None and call["service"] not in {*own, OUTSIDE}
    }
    asked = sum(1 for call in calls if allowed.get(call["client"]) is not None)
    if strange:
        return Proof("services kept to", "fail", asked, "; ".join(sorted(strange)))
    return Proof(
        "services kept to",
        "pass" if asked else "asked nothing",
        asked,
        f"{asked} calls, each to a service of its stack's own resources",
    )


def _inside(calls: Sequence[Json]) -> Proof:
    """Nothing asked for another machine; the emulator is also the proxy that would have been asked for it."""
    name = "nothing left this machine"
    hosts = sorted({f"{call['asked'].get('host')}" for call in calls if call["service"] == OUTSIDE})
    if hosts:
        return Proof(name, "fail", len(calls), f"turned away: {', '.join(hosts)}")
    return Proof(name, "pass" if calls else "asked nothing", len(calls), f"{len(calls)} calls, all to the emulator")


def _what(call: Json) -> str:
    asked = call["asked"]
    named = next(
        (
            str(asked[key])
            for key in ("ServiceName", "GroupId", "RoleName", "RouteTableId", "NetworkAclId", "principalArn")
            if key in asked
        ),
        "",
    )
    return f"{call['action']} {named}".strip()

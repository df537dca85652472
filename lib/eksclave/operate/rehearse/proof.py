"""What the record of calls proves of the order: all that nodes need before the first, and a cluster never public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .business import inside, services_kept
from .estate import Json, Stack
from .result import Proof

_NODES = ("CreateNodegroup", "CreateFargateProfile")

STEPS: dict[str, tuple[str, ...]] = {
    "endpoints before nodes": ("CreateVpcEndpoint",),
    "routes before nodes": ("CreateRoute", "AssociateRouteTable", "CreateRouteTable"),
    "network ACLs before nodes": ("CreateNetworkAclEntry", "ReplaceNetworkAclAssociation"),
}
"""Proof → the calls that make what a node needs. Deletes and replacements later in the run do not count."""


_PEERED = {"VpcPeeringConnectionId", "TransitGatewayId"}


def prove(calls: Sequence[Json], stacks: Iterable[Stack]) -> tuple[Proof, ...]:
    """Return every proof over the calls of the applies; `calls` ends where the destroys begin."""
    good = [(i, call) for i, call in enumerate(calls) if call["status"] < 400]
    first = next((i for i, call in good if call["action"] in _NODES or _is_auto(call)), None)
    group = next((i for i, call in good if call["action"] in _NODES), None)
    made = [
        *_before_nodes(_without_ways_in(good, first, stacks), first),
        _rules(good, first),
        _attachments(good, first),
        _entries(good, group),
        _network_plugin(good, first),
    ]
    return (*made, _private(good), services_kept(calls, stacks), inside(calls))


def _is_auto(call: Json) -> bool:
    """True for a cluster in Auto Mode: it starts nodes by itself, as soon as it is there."""
    return call["action"] == "CreateCluster" and bool((call["asked"].get("computeConfig") or {}).get("enabled"))


def _without_ways_in(
    good: Sequence[tuple[int, Json]], first: int | None, stacks: Iterable[Stack]
) -> list[tuple[int, Json]]:
    """Leave out the routes to peered networks by stacks that need the cluster: operators come that way, not nodes."""
    maker = next((call["client"] for i, call in good if i == first), "")
    later = {stack.name for stack in stacks if maker in stack.needs}
    return [
        (i, call)
        for i, call in good
        if not (call["action"] == "CreateRoute" and call["client"] in later and set(call["asked"]) & _PEERED)
    ]


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
    """The policies of every role that nodes run as."""
    words = ("nodeRole", "podExecutionRoleArn")
    nodes = [call["asked"] for _, call in good if call["action"] in _NODES]
    nodes += [call["asked"]["computeConfig"] for _, call in good if _is_auto(call)]
    arns = (one[word] for one in nodes for word in (*words, "nodeRoleArn") if one.get(word))
    roles = {str(arn).rpartition("/")[2] for arn in arns}
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
    if any(_is_auto(call) for _, call in good):
        return Proof(name, "pass", len(clusters), "Auto Mode brings its own")
    if all(call["action"] != "CreateNodegroup" for _, call in good):
        return Proof(name, "pass", len(clusters), "Fargate brings its own")
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

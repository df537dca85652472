"""What else breaks a cluster beside lost packets: roles, tags, zones, ranges, doors to the internet. From the catalogue of
flows (rows D, L, E6, R, and the promise never to be public), each row read anew and without a look at the checks."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from eksclave.reach.facts.network import TargetKind

from tests.oracles.cluster import Needs, nodes_of, plain
from tests.oracles.permissions import Call, allows
from tests.oracles.simulator import table_of

EVERYONE = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
ROLES = {
    "worker": ({"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"}, ("ec2:DescribeInstances",)),
    "registry": (
        {f"AmazonEC2ContainerRegistry{end}" for end in ("PullOnly", "ReadOnly", "PowerUser", "FullAccess")},
        ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    ),
    "cni": ({"AmazonEKS_CNI_Policy"}, ("ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface")),
    "session": ({"AmazonSSMManagedInstanceCore"}, ("ssm:UpdateInstanceInformation",)),
    "clusters": ({"AmazonEKSClusterPolicy"}, ("ec2:DescribeDhcpOptions",)),
    "compute": ({"AmazonEKSComputePolicy"}, ("ec2:CreateFleet",)),
    "volumes": ({"AmazonEKSBlockStoragePolicy"}, ("ec2:CreateSnapshot",)),
    "balancers": ({"AmazonEKSLoadBalancingPolicy"}, ("elasticloadbalancing:CreateRule",)),
    "interfaces": ({"AmazonEKSNetworkingPolicy"}, ("ec2:AssignPrivateIpAddresses",)),
}
AUTO_MODE = ("clusters", "compute", "volumes", "balancers", "interfaces")


def violated(world: Any, needs: Needs) -> list[str]:
    """Return every condition that does not hold."""
    cluster = world.cluster_by_key[needs.cluster]
    found = [*_names(world, cluster), *_zones(world, cluster), *_roles(world, cluster, needs)]
    return [
        *found,
        *_ranges(world, cluster),
        *_other_vpcs(world, cluster),
        *_public(world, cluster, needs),
        *_tags(world, cluster, needs),
    ]


def _names(world: Any, cluster: Any) -> Iterator[str]:
    vpc = world.vpc_by_key[cluster.vpc]
    options = next((one for one in world.dhcp_options if one.key == vpc.dhcp), None)
    usual = "ec2.internal" if cluster.region == "us-east-1" else f"{cluster.region}.compute.internal"
    if options is not None and options.domain and usual not in options.domain.split():
        yield f"D4: domain name {options.domain}"
    if not vpc.dns_hostnames or not vpc.dns_support:
        yield "D2, D3: DNS attributes"
    if cluster.private_access is not True or cluster.public_access is not False:
        yield "R2: the API is not private"


def _zones(world: Any, cluster: Any) -> Iterator[str]:
    subnets = [world.subnet_by_key[key] for key in plain(cluster.subnets)]
    if len({one.zone for one in subnets}) < 2:
        yield "R1: the cluster's subnets are in one zone"
    if any(one.cidr.num_addresses - 5 < 6 for one in subnets):
        yield "R1: a subnet has no room"
    for one in world.endpoints:
        if str(one.kind) == "Gateway" and not str(one.service).endswith((".s3", ".dynamodb", ".s3express")):
            yield f"R15: no gateway endpoint is offered for {one.service}"
    if any(one.ipv6_only for one in (*subnets, *_node_subnets(world, cluster))):
        yield "R19: a subnet has no IPv4 addresses"
    for endpoint in world.endpoints:
        if endpoint.kind == "Interface":
            if not endpoint.subnets:
                yield f"R15: {endpoint.key} has no subnet"
            zones = [world.subnet_by_key[key].zone for key in plain(endpoint.subnets)]
            if len(set(zones)) < len(zones):
                yield f"R15: {endpoint.key} has two subnets in one zone"


def _node_subnets(world: Any, cluster: Any) -> list[Any]:
    keys = {key for place, _ in nodes_of(world, cluster) for key in place.subnets}
    keys |= {key for one in world.fargate_profiles if one.cluster == cluster.key for key in plain(one.subnets)}
    return [world.subnet_by_key[key] for key in sorted(keys)]


def _other_vpcs(world: Any, cluster: Any) -> Iterator[str]:
    """What AWS refuses to join: parts of two VPCs."""
    carried = [*plain(cluster.extra_groups), *(key for place, _ in nodes_of(world, cluster) for key in place.groups)]
    if {world.group_by_key[key].vpc for key in carried} - {cluster.vpc}:
        yield "a security group of another VPC"
    for subnet in world.subnets:
        table, acl = world.route_table_by_key[table_of(world, subnet.key)], world.nacl_by_key[subnet.nacl]
        if not any(subnet.cidr.subnet_of(one) for one in world.vpc_by_key[subnet.vpc].cidrs):
            yield f"{subnet.key} lies outside of its VPC"
        if table.vpc != subnet.vpc or acl.vpc != subnet.vpc:
            yield f"{subnet.key} has a table or an ACL of another VPC"
    for endpoint in world.endpoints:
        theirs = [world.subnet_by_key[key].vpc for key in plain(endpoint.subnets)]
        theirs += [world.group_by_key[key].vpc for key in plain(endpoint.groups)]
        theirs += [world.route_table_by_key[key].vpc for key in plain(endpoint.route_tables)]
        if set(theirs) - {endpoint.vpc}:
            yield f"{endpoint.key} is joined with parts of another VPC"


def _may(world: Any, key: str, want: str) -> bool:
    names, actions = ROLES[want]
    role = world.role_by_key.get(key)
    if role is None:
        return False
    if any(isinstance(arn, str) and arn.rpartition("/")[2] in names for arn in role.managed):
        return True
    calls = [Call(action, "*", None, "", {}) for action in actions]
    return all(any(_allow(policy, call) for policy in role.policies) for call in calls)


def _trusts(world: Any, key: str, service: str, *actions: str) -> bool:
    """Every call by some statement that names the service, and none that denies it to it."""
    role = world.role_by_key.get(key)
    statements = [
        one
        for one in (role.trust.statements if role is not None else ())
        if any(who.value.startswith(f"{service}.") for who in one.principals or () if who.type == "Service")
    ]
    hits = [[one for one in statements if any(fnmatch(call, made) for made in one.actions or ())] for call in actions]
    return all(many and all(one.effect == "Allow" for one in many) for many in hits)


def _allow(policy: Any, call: Call) -> bool:
    from dataclasses import replace

    from eksclave.reach.facts.iam import Principal

    anyone = (Principal("*", "*"),)
    return allows(replace(policy, statements=tuple(replace(s, principals=anyone) for s in policy.statements)), call)


def _roles(world: Any, cluster: Any, needs: Needs) -> Iterator[str]:
    own = [
        one.role or next(iter(dict(one.pod_identity).values()), None) for one in world.addons if one.name == "vpc-cni"
    ]
    own += [one.role for one in world.pod_identities if one.service_account == "aws-node"]
    wants = ["worker", "registry"] + ([] if any(role and _may(world, role, "cni") for role in own) else ["cni"])
    groups = [one for one in world.node_groups if one.cluster == cluster.key]
    if cluster.auto_mode and cluster.auto_mode_node_role is not None:
        mine = [want for want in ("worker", "registry") if not _may(world, cluster.auto_mode_node_role, want)]
        yield from (f"R6: Auto Mode's nodes may not: {want}" for want in mine)
        yield from (f"R6: the cluster may not: {want}" for want in AUTO_MODE if not _may(world, cluster.role, want))
        if not _trusts(world, cluster.role, "eks", "sts:AssumeRole", "sts:TagSession"):
            yield "R6: EKS may not be the cluster"
        if not _trusts(world, cluster.auto_mode_node_role, "ec2", "sts:AssumeRole"):
            yield "R6: EC2 may not be a node"
    installed = {one.name for one in world.addons}
    if not cluster.bootstrap_addons and any(one.managed for one in groups) and "vpc-cni" not in installed:
        yield "R16: nothing installs a network plug-in"
    managed = {one.role for one in groups if one.managed}
    admitted = {one.principal for one in world.access_entries if one.cluster == cluster.key and "EC2" in one.type}
    for group in groups:
        yield from (f"R6: {group.key} may not: {want}" for want in wants if not _may(world, group.role, want))
        if not _trusts(world, group.role, "ec2", "sts:AssumeRole"):
            yield f"R6: EC2 may not be {group.key}"
        if not group.managed and group.role not in managed | admitted:
            yield f"R7: {group.key} is not admitted"
        if group.metadata is False:
            yield f"L1: {group.key} has no metadata service"
    for host in world.instances:
        if host.key == needs.bastion and (host.metadata is False or not _may(world, host.role or "", "session")):
            yield "B2: the bastion may open no session"


def _ranges(world: Any, cluster: Any) -> Iterator[str]:
    own = [*world.vpc_by_key[cluster.vpc].cidrs]
    if cluster.service_cidr is not None and any(cluster.service_cidr.overlaps(one) for one in own):
        yield "C15: the service range overlaps"


def _public(world: Any, cluster: Any, needs: Needs) -> Iterator[str]:
    places = [place for place, _ in nodes_of(world, cluster)]
    hosts = [one for one in world.instances if one.key == needs.bastion]
    subnets = {key for place in places for key in place.subnets} | set(plain(cluster.subnets))
    subnets |= {key for one in world.fargate_profiles if one.cluster == cluster.key for key in plain(one.subnets)}
    subnets |= {key for one in hosts for key in one.placement.subnets}
    for key in sorted(subnets):
        for route in world.route_table_by_key[table_of(world, key)].routes:
            if route.kind in (TargetKind.INTERNET_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.EGRESS_ONLY):
                yield f"P1, P2: {key} leaves by {route.kind}"
        if world.subnet_by_key[key].map_public_ip:
            yield f"P3: {key} gives out public addresses"
    if any(one.public_ip is True for one in world.node_groups if one.cluster == cluster.key):
        yield "P3: nodes have public addresses"
    if any(one.placement.public_ip for one in hosts):
        yield "P3: the bastion has a public address"
    keys = {key for place in places for key in place.groups} | {cluster.cluster_group, *plain(cluster.extra_groups)}
    keys |= {key for one in world.endpoints if one.vpc == cluster.vpc for key in plain(one.groups)}
    keys |= {key for one in hosts for key in one.placement.groups}
    for key in sorted(keys):
        if any(not rule.egress and rule.peer in EVERYONE for rule in world.group_by_key[key].rules):
            yield f"P4: {key} lets in everyone"


def _tags(world: Any, cluster: Any, needs: Needs) -> Iterator[str]:
    if not needs.balancer_controller:
        return
    fit = set[str]()
    for one in world.subnets:
        tags = dict(one.tags)
        clusters = {key.rpartition("/")[2] for key in tags if key.startswith("kubernetes.io/cluster/")}
        mine = not clusters or cluster.name in clusters
        tagged = tags.get("kubernetes.io/role/internal-elb") in ("", "1")
        if one.vpc == cluster.vpc and mine and tagged and one.cidr.num_addresses - 5 >= 8:
            fit.add(one.zone)
    if len(fit) < 2:
        yield "E6: the load balancer controller finds no two zones"
    for place, _ in nodes_of(world, cluster):
        tagged = [
            key
            for key in place.groups
            if key == cluster.cluster_group
            or f"kubernetes.io/cluster/{cluster.name}" in dict(world.group_by_key[key].tags)
        ]
        if len(tagged) != 1 and len(place.groups) > 1:
            yield f"R17: {len(tagged)} tagged groups on one interface"

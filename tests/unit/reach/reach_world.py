"""A small world written by hand: one VPC with two subnets, a cluster, an endpoint; tests bend one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network

from eksclave.net import PortRange
from eksclave.reach.answer import Trace
from eksclave.reach.facts.clusters import Cluster
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.groups import GroupRef, GroupRule, Placement, SecurityGroup, cluster_group, cluster_group_key
from eksclave.reach.facts.network import Nacl, NaclEntry, PrefixList, PrefixListRef, Route, RouteTable, Subnet, Vpc
from eksclave.reach.facts.values import Origin
from eksclave.reach.question import Client, DnsName, Party, Question
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.trace import trace

REGION = "eu-central-1"
ANY = IPv4Network("0.0.0.0/0")


def net(text: str) -> IPv4Network:
    return IPv4Network(text)


def at(address: str, attribute: str = "") -> Origin:
    return Origin(address, None, attribute)


def entry(number, egress, allow, cidr="0.0.0.0/0", ports=None, protocol="tcp", nacl="acl"):
    span = PortRange(*ports) if isinstance(ports, tuple) else PortRange.of(ports) if isinstance(ports, int) else ports
    way = "egress" if egress else "ingress"
    return NaclEntry(number, egress, allow, protocol, net(cidr), at(nacl, f"{way}[{number}]"), span)


OPEN = (entry(100, False, True, protocol="all"), entry(100, True, True, protocol="all"))


def peer(text):
    if isinstance(text, str):
        if text.startswith("pl-"):
            return PrefixListRef(text)
        return net(text) if text[0].isdigit() else GroupRef(text)
    return text


def rule(egress, to, ports=443, protocol="tcp", group="sg"):
    span = PortRange(*ports) if isinstance(ports, tuple) else PortRange.of(ports) if isinstance(ports, int) else ports
    return GroupRule(egress, protocol, peer(to), at(group, f"{'egress' if egress else 'ingress'} {to}"), span)


def allow_in(source, ports=443, protocol="tcp"):
    return rule(False, source, ports, protocol)


def allow_out(to, ports=443, protocol="tcp"):
    return rule(True, to, ports, protocol)


ALL_OUT = allow_out("0.0.0.0/0", None, "all")


def group(key, *rules, vpc="vpc"):
    return SecurityGroup(key, at(key), vpc, tuple(rules))


@dataclass
class World:
    """Mutable maker of a snapshot; `a` and `b` are subnets in zones a and b, with their own ACLs and one route table."""

    vpcs: dict = field(default_factory=dict)
    subnets: dict = field(default_factory=dict)
    tables: dict = field(default_factory=dict)
    nacls: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    endpoints: dict = field(default_factory=dict)
    lists: dict = field(default_factory=dict)
    clusters: dict = field(default_factory=dict)
    more: dict = field(default_factory=dict)

    def vpc(self, key="vpc", cidr="10.0.0.0/16", **changes):
        made = Vpc(key, at(f"aws_vpc.{key}"), (net(cidr),), REGION, f"{key}-main", f"{key}-acl", f"{key}-sg")
        self.vpcs[key] = replace(made, dns_hostnames=True, **changes)
        self.tables[f"{key}-main"] = RouteTable(f"{key}-main", at(f"{key}-main"), key)
        self.nacls[f"{key}-acl"] = Nacl(f"{key}-acl", at(f"{key}-acl"), key, OPEN)
        self.groups[f"{key}-sg"] = group(f"{key}-sg", allow_in(f"{key}-sg", None, "all"), ALL_OUT, vpc=key)
        return self

    def subnet(self, key, cidr, vpc="vpc", table="private", entries=OPEN, **changes):
        acl = f"acl-{key}"
        self.nacls[acl] = Nacl(acl, at(f"aws_network_acl.{key}"), vpc, tuple(entries))
        self.subnets[key] = Subnet(key, at(f"aws_subnet.{key}"), vpc, net(cidr), acl, table, zone=f"zone-{key}")
        self.subnets[key] = replace(self.subnets[key], **changes)
        return self

    def table(self, key, *routes, vpc="vpc", **changes):
        self.tables[key] = RouteTable(key, at(f"aws_route_table.{key}"), vpc, tuple(routes), **changes)
        return self

    def acl(self, key, *entries):
        acl = f"acl-{key}"
        self.nacls[acl] = replace(self.nacls[acl], entries=tuple(entries))
        return self

    def sg(self, key, *rules, vpc="vpc"):
        self.groups[key] = group(key, *rules, vpc=vpc)
        return self

    def endpoint(self, key, service, **changes):
        full = f"com.amazonaws.{REGION}.{service}"
        made = Endpoint(key, at(f"aws_vpc_endpoint.{key}"), "vpc", EndpointKind.INTERFACE, full)
        self.endpoints[key] = replace(
            made, **{"private_dns": True, "groups": ("vpce",), "subnets": ("a", "b"), **changes}
        )
        return self

    def gateway(self, key="s3", service="s3", tables=("private",)):
        full = f"com.amazonaws.{REGION}.{service}"
        made = Endpoint(key, at(f"aws_vpc_endpoint.{key}"), "vpc", EndpointKind.GATEWAY, full, route_tables=tables)
        self.endpoints[key] = made
        self.lists["pl-s3"] = PrefixList("pl-s3", at("pl-s3"), unknown(), service, REGION)
        return self

    def cluster(self, key="eks", subnets=("a", "b"), extra=(), added=(), **changes):
        made = Cluster(key, at("aws_eks_cluster.eks"), "c1", "vpc", subnets, cluster_group_key(key), REGION, extra)
        self.clusters[key] = replace(made, **{"private_access": True, "public_access": False, **changes})
        self.groups[cluster_group_key(key)] = cluster_group(key, "vpc", made.origin, tuple(added))
        return self

    def snapshot(self) -> Snapshot:
        def kept(one):
            return tuple(one[key] for key in sorted(one))

        return Snapshot(
            vpcs=kept(self.vpcs),
            subnets=kept(self.subnets),
            route_tables=kept(self.tables),
            nacls=kept(self.nacls),
            groups=kept(self.groups),
            endpoints=kept(self.endpoints),
            prefix_lists=kept(self.lists),
            clusters=kept(self.clusters),
            **self.more,
        )

    def ask(self, source, destination, ports=443, client=Client.NODE, **changes) -> Trace:
        span = PortRange(*ports) if isinstance(ports, tuple) else PortRange.of(ports)
        if isinstance(source, Placement):
            source = Party("source", (source,), client=client)
        if isinstance(destination, Placement):
            destination = Party("destination", (destination,))
        if isinstance(destination, str):
            destination = DnsName(destination)
        return trace(self.snapshot(), Question(source, destination, (span,), **changes))


def unknown():
    from eksclave.reach.facts.values import Unknown

    return Unknown("AWS's own list")


def place(subnets, groups=("node",), **changes):
    subnets = (subnets,) if isinstance(subnets, str) else subnets
    groups = (groups,) if isinstance(groups, str) else groups
    return Placement(subnets, groups, at("placement"), **changes)


def route(destination, kind, target="", table="private"):
    to = PrefixListRef(destination) if destination.startswith("pl-") else net(destination)
    return Route(to, kind, at(f"aws_route.{table}", destination), target)


def plain() -> World:
    """A closed VPC: subnets a and b, one route table, a cluster, an ec2 endpoint, an S3 gateway; everything works."""
    made = World().vpc().subnet("a", "10.0.0.0/24").subnet("b", "10.0.1.0/24").table("private")
    made.sg("node", ALL_OUT, allow_in("node", None, "all"))
    made.sg("vpce", allow_in("10.0.0.0/16"))
    return made.endpoint("ec2", "ec2").gateway().cluster()


S3 = "prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com"
EC2 = "ec2.eu-central-1.amazonaws.com"

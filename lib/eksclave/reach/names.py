"""What a DNS name answers to a client in a VPC: an endpoint's interfaces, public addresses, nothing, or not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from eksclave.reach import zones
from eksclave.reach.facts.dns import AliasKind, ZoneRecord
from eksclave.reach.facts.endpoints import EndpointKind
from eksclave.reach.facts.network import Vpc
from eksclave.reach.facts.values import Origin, Value, choices, decide, known_or, why_unknown
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.zones import NameSpace

AMAZON_DNS = "AmazonProvidedDNS"
LINK_LOCAL_DNS = ("169.254.169.253", "fd00:ec2::253")
DEPTH = 8


class AnswerKind(StrEnum):
    """What kind of thing a name leads to."""

    ENDPOINT = "endpoint"
    LOAD_BALANCER = "load-balancer"
    CLUSTER = "cluster"
    ADDRESSES = "addresses"
    PUBLIC = "public"
    NXDOMAIN = "nxdomain"
    NO_RESOLVER = "no-resolver"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """One possible answer. `target` is the key of the endpoint, load balancer or cluster; `origin` is what decided."""

    kind: AnswerKind
    origin: Origin
    detail: str
    target: str = ""
    addresses: tuple[IPv4Address, ...] = ()


def resolve(snapshot: Snapshot, vpc_key: str, name: str) -> tuple[Answer, ...]:
    """Return every answer that a client in this VPC may get for the name; whoever depends on it must bear all of
    them."""
    return _through_servers(snapshot, vpc_key, lambda vpc: _amazon(snapshot, vpc, name.lower().rstrip("."), DEPTH))


def resolve_api(snapshot: Snapshot, vpc_key: str, cluster_key: str) -> tuple[Answer, ...]:
    """Return every answer that a client in this VPC may get for the name of the cluster's Kubernetes API.

    Source: EKS user guide, cluster-endpoint: private access makes a private zone for the cluster's VPC (both DNS
    attributes
    and Amazon DNS needed); without public access the public name answers the private addresses as well.
    """
    return _through_servers(snapshot, vpc_key, lambda vpc: _api(snapshot, vpc, cluster_key))


def _through_servers(snapshot: Snapshot, vpc_key: str, ask: Callable[[Vpc], list[Answer]]) -> tuple[Answer, ...]:
    vpc = snapshot.vpc_by_key.get(vpc_key)
    if vpc is None:
        return (_unknown(Origin(vpc_key), "nothing is known about the VPC"),)
    servers, answers = _servers(snapshot, vpc)
    for view in servers:
        support = decide(view.dns_support, bool)
        if support is None:
            answers.append(_unknown(view.origin, f"enable_dns_support is not known: {why_unknown(view.dns_support)}"))
        answers += [_no_amazon_dns(view)] if support is False else ask(view)
    return tuple(dict.fromkeys(answers))


def _no_amazon_dns(vpc: Vpc) -> Answer:
    """Return what asking Amazon's resolver comes to; DNS servers of one's own do not depend on the attribute."""
    return Answer(AnswerKind.NO_RESOLVER, vpc.origin, "enable_dns_support is false: the VPC has no Amazon DNS")


def _servers(snapshot: Snapshot, vpc: Vpc) -> tuple[list[Vpc], list[Answer]]:
    """Return the VPCs from whose view the client's DNS servers answer, and answers for servers that cannot be
    followed."""
    keys = choices(vpc.dhcp)
    if keys is None:
        return [vpc], [_unknown(vpc.origin, f"the DHCP options are not known: {why_unknown(vpc.dhcp)}")]
    views, problems = dict[str, Vpc](), list[Answer]()
    by_key = {one.key: one for one in snapshot.dhcp_options}
    for key in keys:
        options = by_key.get(key) if key is not None else None
        if key is None:
            views[vpc.key] = vpc
        elif options is None:
            problems.append(_unknown(vpc.origin, f"the DHCP options {key} are not in the input"))
        else:
            for server in _listed(options.servers, options.origin, problems):
                if is_amazon_dns(vpc, server):
                    views[vpc.key] = vpc
                elif behind := _inbound(snapshot, server):
                    views[behind.key] = behind
                else:
                    text = f"the DNS server {server} is not Amazon's: whether it forwards to Amazon DNS is not known"
                    problems.append(_unknown(options.origin, text))
    return list(views.values()), problems


def _listed(servers: Value[tuple[str, ...]], origin: Origin, problems: list[Answer]) -> list[str]:
    found = choices(servers)
    if found is None:
        problems.append(_unknown(origin, f"the DNS servers are not known: {why_unknown(servers)}"))
        return []
    if any(not many for many in found):
        problems.append(Answer(AnswerKind.NO_RESOLVER, origin, "the DHCP option set names no DNS server"))
    return sorted({one for many in found for one in many})


def is_amazon_dns(vpc: Vpc, server: str) -> bool:
    """Tell whether a server of DHCP options is the VPC's own resolver, which nothing filters, by any of its names.

    Source: VPC user guide, Amazon DNS server.
    """
    return server in (AMAZON_DNS, *LINK_LOCAL_DNS) or _is_resolver(vpc, server)


def _is_resolver(vpc: Vpc, server: str) -> bool:
    """Tell whether the address is the VPC's own resolver: its primary range's base plus two."""
    cidrs = known_or(vpc.cidrs, ())
    return any(server == str(one.network_address + 2) for one in cidrs[:1])


def _inbound(snapshot: Snapshot, server: str) -> Vpc | None:
    for one in snapshot.resolver_endpoints:
        if one.inbound and server in map(str, one.addresses):
            key = known_or(one.vpc, "")
            first = next(iter(known_or(one.subnets, ())), "")
            subnet = snapshot.subnet_by_key.get(first)
            return snapshot.vpc_by_key.get(key or (subnet.vpc if subnet else ""))
    return None


def _unknown(origin: Origin, why: str) -> Answer:
    return Answer(AnswerKind.UNKNOWN, origin, why)


def _api(snapshot: Snapshot, vpc: Vpc, cluster_key: str) -> list[Answer]:
    cluster = snapshot.cluster_by_key.get(cluster_key)
    if cluster is None:
        return [_unknown(Origin(cluster_key), "the cluster is not in the input")]
    private, public = decide(cluster.private_access, bool), decide(cluster.public_access, bool)
    inside, hostnames = decide(cluster.vpc, lambda key: key == vpc.key), decide(vpc.dns_hostnames, bool)
    yes = Answer(
        AnswerKind.CLUSTER, cluster.origin, "the API's name answers the control plane's addresses", cluster.key
    )
    out = Answer(AnswerKind.PUBLIC, cluster.origin, "the API's name answers public addresses", cluster.key)
    if private is False:
        return [
            Answer(out.kind, out.origin, "private access is off: the API's name answers public addresses", cluster.key)
        ]
    if private is None or public is None:
        return [_unknown(cluster.origin, "whether the API's private or public access is on is not known")]
    if inside and hostnames is False:
        text = "enable_dns_hostnames is false: the private zone of the API's name is not served"
        return [Answer(AnswerKind.NXDOMAIN if not public else AnswerKind.PUBLIC, vpc.origin, text, cluster.key)]
    if inside is False:
        return [out] if public else [yes]
    if inside and hostnames:
        return [yes]
    why = why_unknown(vpc.dns_hostnames) or why_unknown(cluster.vpc) or "it is not decided"
    return [_unknown(vpc.origin, f"whether the private zone of the API's name is served is not known: {why}")]


def _amazon(snapshot: Snapshot, vpc: Vpc, name: str, depth: int) -> list[Answer]:
    """Return what Amazon DNS answers in the view of this VPC."""
    if depth == 0:
        return [_unknown(vpc.origin, f"the aliases of {name} go round in a circle")]
    hostnames, answers, forwards = decide(vpc.dns_hostnames, bool), list[Answer](), True
    for space in zones.name_spaces(snapshot, vpc.key, name):
        if (space.rule is None and hostnames is False) or (space.rule and not forwards):
            continue
        if space.rule and decide(space.rule.kind, lambda kind: kind.upper() in ("SYSTEM", "RECURSIVE")):
            forwards = bool(space.open)
            continue
        found = _in_space(snapshot, vpc, name, space, depth)
        answers += found
        if space.open or (space.rule is None and hostnames is None) or space.doubtful:
            why = space.open or ("whether the endpoint answers this name depends on its age" if space.doubtful else "")
            answers.append(_unknown(space.origin, why or f"enable_dns_hostnames: {why_unknown(vpc.dns_hostnames)}"))
            continue
        if found:
            return answers
    return answers + _outside(snapshot, vpc, name)


def _in_space(snapshot: Snapshot, vpc: Vpc, name: str, space: NameSpace, depth: int) -> list[Answer]:
    if space.rule is not None:
        return _by_rule(snapshot, name, space, depth)
    if space.endpoint is not None:
        key, origin = space.endpoint.key, space.endpoint.origin
        if any(zones.matches(name, one) for one in space.names):
            return [
                Answer(AnswerKind.ENDPOINT, origin, f"private DNS answers {name} with the endpoint's addresses", key)
            ]
        if space.open:
            return []
        return [Answer(AnswerKind.NXDOMAIN, origin, f"the endpoint's private zone {space.suffix} has no {name}", key)]
    assert space.zone is not None
    found, why = zones.record(space.zone, name)
    answers = [_unknown(space.zone.origin, f"the zone may hold other records: {why}")] if why else []
    if found is None:
        return answers or [
            Answer(
                AnswerKind.NXDOMAIN, space.zone.origin, f"the private zone {space.suffix} has no {name}", space.zone.key
            )
        ]
    return answers + _by_record(snapshot, vpc, name, found, depth)


def _by_rule(snapshot: Snapshot, name: str, space: NameSpace, depth: int) -> list[Answer]:
    rule = space.rule
    assert rule is not None
    targets = known_or(rule.targets, ())
    views = [_inbound(snapshot, str(one)) for one in targets]
    if not targets or None in views:
        shown = ", ".join(map(str, targets)) or "servers that are not known"
        return [_unknown(rule.origin, f"queries for {space.suffix} are forwarded to {shown}")]
    return [one for view in views if view is not None for one in _amazon(snapshot, view, name, depth - 1)]


def _by_record(snapshot: Snapshot, vpc: Vpc, name: str, found: ZoneRecord, depth: int) -> list[Answer]:
    said = f"the record {found.name} answers"
    if found.alias is not None:
        if found.alias.kind is AliasKind.ENDPOINT:
            return [
                Answer(AnswerKind.ENDPOINT, found.origin, f"{said} with an endpoint's addresses", found.alias.target)
            ]
        if found.alias.kind is AliasKind.LOAD_BALANCER:
            kind = AnswerKind.LOAD_BALANCER
            return [Answer(kind, found.origin, f"{said} with a load balancer's addresses", found.alias.target)]
        return _amazon(snapshot, vpc, found.alias.target.lower().rstrip("."), depth - 1)
    if found.addresses:
        return [Answer(AnswerKind.ADDRESSES, found.origin, f"{said} fixed addresses", "", found.addresses)]
    return [_unknown(found.origin, f"what the record {found.name} answers is not known: {found.unknown}")]


def _outside(snapshot: Snapshot, vpc: Vpc, name: str) -> list[Answer]:
    """Return what public DNS answers."""
    for one in snapshot.endpoints:
        if name in one.vpc_name_hosts:
            return [Answer(AnswerKind.ENDPOINT, one.origin, f"{name} is the endpoint's own name", one.key)]
    for balancer in snapshot.load_balancers:
        if known_or(balancer.host, "") == name:
            return [
                Answer(AnswerKind.LOAD_BALANCER, balancer.origin, f"{name} is the load balancer's name", balancer.key)
            ]
    for cluster in snapshot.clusters:
        if known_or(cluster.host, "") == name:
            return _api(snapshot, vpc, cluster.key)
    if ".vpce." in name or name.endswith((".internal", ".local")):
        return [_unknown(vpc.origin, f"{name} is a private name that nothing in the input defines")]
    return [_public(snapshot, vpc, name)]


def _public(snapshot: Snapshot, vpc: Vpc, name: str) -> Answer:
    """Return the public answer, blaming an endpoint of this VPC that would answer the name if private DNS worked."""
    for one in snapshot.endpoints_near(vpc.key):
        if known_or(one.vpc, "") != vpc.key or known_or(one.kind, None) is not EndpointKind.INTERFACE:
            continue
        for suffix, names, doubtful in zones.suffixes(one):
            if doubtful or not zones.within(name, suffix) or not any(zones.matches(name, each) for each in names):
                continue
            if decide(one.private_dns, bool) is False:
                text = f"private_dns_enabled is false: {name} answers public addresses"
                return Answer(AnswerKind.PUBLIC, one.origin, text, one.key)
            if decide(vpc.dns_hostnames, bool) is False:
                text = f"enable_dns_hostnames is false: {name} answers public addresses in spite of {one.origin}"
                return Answer(AnswerKind.PUBLIC, vpc.origin, text, one.key)
    return Answer(AnswerKind.PUBLIC, vpc.origin, f"no endpoint or zone of the VPC answers {name}: public addresses")

"""Small worlds with nasty rules: VPCs, links, ACLs out of order, split ranges, references, blackholes.

Each part is drawn open or nasty, so that about half of all questions pass and shrinking leads to what matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Any

from eksclave.net import PortRange, Protocol
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.groups import GroupRef, GroupRule, Placement, SecurityGroup
from eksclave.reach.facts.links import (
    AttachmentKind,
    Peering,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from eksclave.reach.facts.network import (
    Nacl,
    NaclEntry,
    PrefixList,
    PrefixListRef,
    Route,
    RouteTable,
    Subnet,
    TargetKind,
    Vpc,
)
from eksclave.reach.facts.values import Origin
from eksclave.reach.question import Client, DnsName, Party, Question
from eksclave.reach.snapshot import Snapshot
from hypothesis import strategies as st

REGION = "eu-central-1"
ANYWHERE = IPv4Network("0.0.0.0/0")
S3 = (IPv4Network("52.219.0.0/20"), IPv4Network("3.5.136.0/22"))
SERVICE, SERVICE_NAME = f"com.amazonaws.{REGION}.ecr.api", f"api.ecr.{REGION}.amazonaws.com"
S3_NAME = f"s3.{REGION}.amazonaws.com"
ZONES = (f"{REGION}a", f"{REGION}b")
RULE_PORTS = (
    None,
    PortRange(443, 443),
    PortRange(0, 65535),
    PortRange(1024, 65535),
    PortRange(32768, 60999),
    PortRange(32768, 61000),
    PortRange(32769, 65535),
    PortRange(1024, 60998),
    PortRange(440, 445),
    PortRange(10250, 10250),
    PortRange(1, 442),
    PortRange(49152, 65535),
)
ASKED_PORTS = (
    (PortRange(443, 443),),
    (PortRange(443, 443),),
    (PortRange(10250, 10250),),
    (PortRange(443, 443), PortRange(10250, 10250)),
    (PortRange(441, 446),),
)
PROTOCOLS = ("all", "tcp", "tcp", "6", "udp", "17", "icmp", "all")


@dataclass(frozen=True)
class Case:
    """A world, a question about it, and what the question's parties are (where the destination is a name)."""

    world: Snapshot
    question: Question
    servers: tuple[Placement, ...] = ()
    ranges: tuple[IPv4Network, ...] = ()


def at(address: str) -> Origin:
    """Return the origin of a made-up thing."""
    return Origin(address)


def _mostly(draw: Any, usual: Any, nasty: st.SearchStrategy[Any], odds: int = 4) -> Any:
    return usual if draw(st.integers(0, odds - 1)) else draw(nasty)


def _cidrs(pool: list[IPv4Network]) -> st.SearchStrategy[IPv4Network]:
    more = list(pool)
    for one in pool:
        if one.prefixlen < 31:
            more += list(one.subnets(new_prefix=one.prefixlen + 1))
            more.append(IPv4Network((int(one.network_address) + 4, 32)))
    return st.sampled_from([*more, ANYWHERE, *ANYWHERE.subnets(), *S3])


@st.composite
def _acl(draw: Any, key: str, vpc: str, pool: list[IPv4Network]) -> Nacl:
    entries = list[NaclEntry]()
    for egress in (False, True):
        if draw(st.integers(0, 3)):
            entries.append(NaclEntry(draw(st.sampled_from((100, 32766))), egress, True, "all", ANYWHERE, at(key)))
        numbers = draw(st.lists(st.integers(1, 200).filter(lambda n: n != 100), max_size=4, unique=True))
        for number in numbers:
            cidr = IPv6Network("::/0") if draw(st.integers(0, 9)) == 0 else draw(_cidrs(pool))
            name = f"{key}.{'out' if egress else 'in'}.{number}"
            allow, protocol = draw(st.integers(0, 3)) > 0, draw(st.sampled_from(PROTOCOLS))
            entries.append(
                NaclEntry(number, egress, allow, protocol, cidr, at(name), draw(st.sampled_from(RULE_PORTS)))
            )
    return Nacl(key, at(key), vpc, tuple(draw(st.permutations(entries))))


@st.composite
def _group(draw: Any, key: str, vpc: str, keys: list[str], pool: list[IPv4Network]) -> SecurityGroup:
    rules = list[GroupRule]()
    for egress in (False, True):
        if draw(st.integers(0, 5)):
            rules.append(GroupRule(egress, "all", ANYWHERE, at(f"{key}.open")))
        for number in range(draw(st.integers(0, 3))):
            name, ports = at(f"{key}.{'out' if egress else 'in'}.{number}"), draw(st.sampled_from(RULE_PORTS))
            protocol = draw(st.sampled_from(PROTOCOLS))
            kind = draw(st.integers(0, 5))
            if kind == 0:
                halves = draw(st.sampled_from([*pool, ANYWHERE])).subnets()
                rules += [GroupRule(egress, protocol, half, name, ports) for half in halves]
            elif kind in (1, 2):
                peer = GroupRef(draw(st.sampled_from([key, *keys])))
                rules.append(GroupRule(egress, protocol, peer, name, ports))
            elif kind == 3:
                peer = PrefixListRef(draw(st.sampled_from(("list", "s3"))))
                rules.append(GroupRule(egress, protocol, peer, name, ports))
            elif kind == 4:
                rules.append(GroupRule(egress, protocol, draw(_cidrs(pool)), name, ports))
            else:
                rules.append(GroupRule(egress, protocol, IPv6Network("::/0"), name, ports))
    return SecurityGroup(key, at(key), vpc, tuple(draw(st.permutations(rules))))


@st.composite
def cases(draw: Any) -> Case:
    """Draw a fully known world and a question about it."""
    count = draw(st.sampled_from((1, 1, 2, 2, 3)))
    vpcs, subnets, tables, acls = list[Vpc](), list[Subnet](), list[RouteTable](), list[Nacl]()
    ranges = [IPv4Network(f"10.{number}.0.0/24") for number in range(count)]
    transit = count > 1 and draw(st.booleans())
    if transit and draw(st.integers(0, 9)) == 0:
        ranges[1] = ranges[0]
    extra = IPv4Network("100.64.0.0/26") if draw(st.integers(0, 3)) == 0 else None
    pool, group_keys = [*ranges, *([extra] if extra else [])], list[str]()
    for number, cidr in enumerate(ranges):
        own = [cidr, *([extra] if extra and number == 0 else [])]
        pieces = [piece for one in own for piece in one.subnets(new_prefix=27)][: draw(st.integers(1, 3))]
        if len(own) > 1:
            pieces[-1] = next(own[1].subnets(new_prefix=27))
        acl_keys = [f"acl{number}.{n}" for n in range(draw(st.integers(1, 2)))]
        acls += [draw(_acl(key, f"vpc{number}", [*pool, *pieces])) for key in acl_keys]
        table_keys = [f"table{number}.{n}" for n in range(draw(st.integers(1, 2)))]
        for key in table_keys:
            routes = draw(_routes(key, number, ranges, pieces, transit))
            tables.append(RouteTable(key, at(key), f"vpc{number}", routes))
        keys = [f"group{number}.{n}" for n in range(draw(st.integers(1, 2)))]
        group_keys += keys
        vpcs.append(
            Vpc(
                f"vpc{number}",
                at(f"vpc{number}"),
                tuple(own),
                REGION,
                table_keys[0],
                acl_keys[0],
                keys[0],
                dns_hostnames=True,
            )
        )
        for index, piece in enumerate(pieces):
            name = f"subnet{number}.{index}"
            table, zone = draw(st.sampled_from([None, *table_keys])), draw(st.sampled_from(ZONES))
            acl = draw(st.sampled_from(acl_keys))
            subnets.append(Subnet(name, at(name), f"vpc{number}", piece, acl, table, zone=zone))
    known = [one.cidr for one in subnets]
    groups = [draw(_group(key, f"vpc{key[5]}", group_keys, [*pool, *known])) for key in group_keys]  # type: ignore[list-item]
    listed = tuple(draw(st.lists(_cidrs(pool), max_size=2, unique=True)))
    world = Snapshot(
        vpcs=tuple(vpcs),
        subnets=tuple(subnets),
        route_tables=tuple(tables),
        nacls=tuple(acls),
        groups=tuple(groups),
        prefix_lists=(
            PrefixList("list", at("list"), listed),
            PrefixList("s3", at("s3"), S3, service="s3", region=REGION),
        ),
        given_s3_ranges=((REGION, S3),),
        **draw(_links(count, subnets, transit)),
    )
    return draw(_asked(world))


@st.composite
def _routes(draw: Any, key: str, number: int, ranges: list[IPv4Network], pieces: Any, transit: bool) -> Any:
    routes, seen = list[Route](), set[Any]()

    def add(destination: Any, kind: TargetKind, target: str) -> None:
        if destination not in seen and destination != ranges[number]:
            seen.add(destination)
            routes.append(Route(destination, kind, at(f"{key}.{destination}"), target))

    for other in range(len(ranges)):
        if other == number or draw(st.integers(0, 9)) == 0:
            continue
        low, high = sorted((number, other))
        ways = [(TargetKind.PEERING, f"peer{low}{high}")] if not transit or draw(st.integers(0, 3)) == 0 else []
        kind, target = ways[0] if ways else (TargetKind.TRANSIT_GATEWAY, "tgw")
        shape = draw(st.integers(0, 11))
        if shape == 0:
            for half in ranges[other].subnets():
                add(half, kind, target)
        elif shape == 1:
            add(next(ranges[other].subnets()), kind, target)
            if draw(st.booleans()):
                add(ANYWHERE, TargetKind.TRANSIT_GATEWAY if transit else TargetKind.BLACKHOLE, "tgw" if transit else "")
        elif shape == 2 and transit:
            add(IPv4Network("10.0.0.0/8"), kind, target)
        elif shape == 3:
            add(PrefixListRef("list"), kind, target)
        else:
            add(ranges[other], kind, target)
        if draw(st.integers(0, 9)) == 0:
            add(next(ranges[other].subnets(new_prefix=28)), TargetKind.BLACKHOLE, "")
    if draw(st.integers(0, 14)) == 0:
        add(draw(st.sampled_from(pieces)), TargetKind.BLACKHOLE, "")
    return tuple(draw(st.permutations(routes)))


@st.composite
def _links(draw: Any, count: int, subnets: list[Subnet], transit: bool) -> dict[str, Any]:
    pairs = [(low, high) for low in range(count) for high in range(low + 1, count)]
    peerings = tuple(
        Peering(
            f"peer{low}{high}",
            at(f"peer{low}{high}"),
            f"vpc{low}",
            f"vpc{high}",
            _mostly(draw, True, st.just(False), 8),
            cross_region=_mostly(draw, False, st.just(True)),
        )
        for low, high in pairs
    )
    if not transit:
        return {"peerings": peerings}
    attachments, propagated = list[TransitGatewayAttachment](), list[str]()
    names = ["hub", "other"][: draw(st.integers(1, 2))]
    for number in range(count):
        own = [one for one in subnets if one.vpc == f"vpc{number}"]
        by_zone = dict[Any, str]()
        for one in draw(st.permutations(own)):
            by_zone.setdefault(one.zone, one.key)
        doors = list(by_zone.values())
        doors = _mostly(draw, doors, st.just(doors[:1]))
        key = f"attach{number}"
        table = _mostly(draw, names[0], st.sampled_from([None, *names]))
        attachments.append(
            TransitGatewayAttachment(
                key,
                at(key),
                "tgw",
                AttachmentKind.VPC,
                f"vpc{number}",
                tuple(doors),
                table,
                group_references=draw(st.booleans()),
            )
        )
        if draw(st.integers(0, 5)):
            propagated.append(key)
    statics = list[TransitGatewayRoute]()
    for number in draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True)):
        cidr = next(IPv4Network(f"10.{number}.0.0/24").subnets(new_prefix=draw(st.sampled_from((24, 25, 27)))))
        target = draw(st.sampled_from((f"attach{number}", f"attach{number}", None, "attach0")))
        statics.append(TransitGatewayRoute(cidr, target, at(f"static{number}")))
    routing = [
        TransitGatewayRouteTable(name, at(name), "tgw", tuple(statics), tuple(draw(st.permutations(propagated))))
        for name in names
    ]
    return {
        "peerings": peerings,
        "transit_gateways": (TransitGateway("tgw", at("tgw"), "hub", group_references=draw(st.booleans())),),
        "transit_attachments": tuple(attachments),
        "transit_route_tables": tuple(routing),
    }


@st.composite
def _placement(draw: Any, world: Snapshot, vpc: str) -> Placement:
    keys = [one.key for one in world.subnets if one.vpc == vpc]
    carried = [one.key for one in world.groups if one.vpc == vpc]
    places = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
    groups = draw(st.lists(st.sampled_from(carried), min_size=1, max_size=2, unique=True))
    addresses: tuple[IPv4Address, ...] = ()
    if draw(st.integers(0, 4)) == 0:
        cidr: Any = world.subnet_by_key[places[0]].cidr
        addresses = tuple(cidr[index] for index in draw(st.sampled_from(((4,), (5, 20), (30,)))))
        places = places[:1]
    return Placement(tuple(places), tuple(groups), at(f"place in {' '.join(places)}"), addresses=addresses)


@st.composite
def _asked(draw: Any, world: Snapshot) -> Case:
    names = [one.key for one in world.vpcs]
    near = draw(st.sampled_from(names))
    sources = draw(st.lists(_placement(world, near), min_size=1, max_size=2))
    client, ports = draw(st.sampled_from(list(Client))), draw(st.sampled_from(ASKED_PORTS))
    protocol = draw(st.sampled_from((Protocol.TCP, Protocol.TCP, Protocol.UDP)))
    source = Party("client", tuple(sources), client=client)
    how = draw(st.integers(0, 5))
    if how == 0 and not world.transit_gateways:  # what S3 is to a transit gateway is not modelled: unknown
        tables = [one.key for one in world.route_tables if one.vpc == near]
        joined = draw(st.lists(st.sampled_from(tables), unique=True, max_size=2))
        gateway = Endpoint(
            "gateway",
            at("gateway"),
            near,
            EndpointKind.GATEWAY,
            f"com.amazonaws.{REGION}.s3",
            route_tables=tuple(joined),
            prefix_list="s3",
        )
        world = _with(world, endpoints=(gateway,))
        return Case(world, Question(source, DnsName(S3_NAME), ports, protocol), (), S3)
    if how == 1:
        place = draw(_placement(world, near))
        fixed: Any = ()
        interface = Endpoint(
            "interface",
            at("interface"),
            near,
            EndpointKind.INTERFACE,
            SERVICE,
            place.subnets,
            place.groups,
            private_dns=True,
            addresses=fixed,
        )
        world = _with(world, endpoints=(interface,))
        free = Placement(place.subnets, place.groups, place.origin)
        return Case(world, Question(source, DnsName(SERVICE_NAME), ports, protocol), (free,))
    there = draw(st.sampled_from((near, near, *names)))
    far = draw(st.lists(_placement(world, there), min_size=1, max_size=2))
    return Case(world, Question(source, Party("server", tuple(far)), ports, protocol), tuple(far))


def _with(world: Snapshot, **parts: Any) -> Snapshot:
    return Snapshot(**{**{name: getattr(world, name) for name in world.__dataclass_fields__}, **parts})

"""Packets of failures are packets that really fail; servers of one's own answer also where Amazon's do not."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from eksclave.net import PortRange
from eksclave.reach.facts.groups import GroupRef, GroupRule, Placement, SecurityGroup
from eksclave.reach.facts.links import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from eksclave.reach.facts.network import DhcpOptions, Nacl, NaclEntry, Route, RouteTable, Subnet, TargetKind, Vpc
from eksclave.reach.facts.values import Origin
from eksclave.reach.names import AnswerKind, resolve
from eksclave.reach.question import Client, Party, Question
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.trace import trace

ANY = IPv4Network("0.0.0.0/0")
AT = Origin("thing")
OPEN = tuple(NaclEntry(100, way, True, "all", ANY, AT) for way in (True, False))
FREE = tuple(GroupRule(way, "all", ANY, AT) for way in (True, False))


def vpc(key: str, cidr: str, **changes: object) -> Vpc:
    made = Vpc(key, Origin(key), (IPv4Network(cidr),), "eu-central-1", f"{key}-table", f"{key}-acl", f"{key}-group")
    return replace(made, **changes)


def subnet(key: str, of: str, cidr: str, zone: str = "a") -> Subnet:
    return Subnet(key, Origin(key), of, IPv4Network(cidr), f"{of}-acl", zone=zone)


def place(*subnets: str, group: str) -> Placement:
    return Placement(subnets, (group,), AT)


def ask(world: Snapshot, source: Placement, destination: Placement):
    ports = (PortRange.of(443),)
    return trace(world, Question(Party("a", (source,), client=Client.LINUX), Party("b", (destination,)), ports))


def test_a_packet_that_an_acl_stops_crosses_a_subnet_border() -> None:
    world = Snapshot(
        vpcs=(vpc("one", "10.0.0.0/24"),),
        subnets=(subnet("s1", "one", "10.0.0.0/27"), subnet("s2", "one", "10.0.0.32/27")),
        route_tables=(RouteTable("one-table", AT, "one"),),
        nacls=(Nacl("one-acl", AT, "one"),),
        groups=(SecurityGroup("one-group", AT, "one", FREE),),
    )
    both = place("s1", "s2", group="one-group")
    packet = ask(world, both, both).packet
    assert packet is not None
    assert (packet.source, packet.destination) == (IPv4Address("10.0.0.36"), IPv4Address("10.0.0.4"))


def linked(**references: bool) -> Snapshot:
    vpcs = (vpc("one", "10.0.0.0/24"), vpc("two", "10.1.0.0/24"), vpc("three", "10.2.0.0/24"))
    away = {"one": "10.1.0.0/24", "two": "10.0.0.0/24", "three": "10.0.0.0/24"}
    refers = GroupRule(False, "all", GroupRef("one-group"), AT)
    return Snapshot(
        vpcs=vpcs,
        subnets=(
            subnet("s1", "one", "10.0.0.0/27"),
            subnet("s1b", "one", "10.0.0.32/27", "b"),
            subnet("s2", "two", "10.1.0.0/27"),
            subnet("s3", "three", "10.2.0.0/27"),
        ),
        route_tables=tuple(
            RouteTable(f"{key}-table", AT, key, (Route(IPv4Network(cidr), TargetKind.TRANSIT_GATEWAY, AT, "tgw"),))
            for key, cidr in away.items()
        ),
        nacls=tuple(Nacl(f"{key}-acl", AT, key, OPEN) for key in away),
        groups=(
            SecurityGroup("one-group", AT, "one", FREE),
            SecurityGroup("two-group", AT, "two", (FREE[0], refers)),
            SecurityGroup("three-group", AT, "three", FREE),
        ),
        transit_gateways=(TransitGateway("tgw", AT, "hub", group_references=True),),
        transit_attachments=tuple(
            TransitGatewayAttachment(
                key,
                AT,
                "tgw",
                AttachmentKind.VPC,
                key,
                (f"s{number}",),
                "hub",
                group_references=references.get(key, True),
            )
            for number, key in enumerate(away, 1)
        ),
        transit_route_tables=(TransitGatewayRouteTable("hub", AT, "tgw", propagations=tuple(away)),),
    )


def test_a_packet_from_a_zone_without_the_gateway_still_names_its_destination() -> None:
    packet = ask(linked(), place("s1b", group="one-group"), place("s2", group="two-group")).packet
    assert packet is not None
    assert (packet.source, packet.destination) == (IPv4Address("10.0.0.36"), IPv4Address("10.1.0.4"))


def test_a_third_attachment_without_group_references_does_not_matter() -> None:
    ends = (place("s1", group="one-group"), place("s2", group="two-group"))
    assert ask(linked(three=False), *ends).outcome == "pass"
    assert ask(linked(two=False), *ends).outcome == "fail"


def test_a_dns_server_of_ones_own_does_not_need_amazons() -> None:
    options = DhcpOptions("own", AT, ("192.0.2.53",))
    for servers, kind in (
        (options, AnswerKind.UNKNOWN),
        (replace(options, servers=("10.0.0.2",)), AnswerKind.NO_RESOLVER),
    ):
        world = Snapshot(vpcs=(vpc("one", "10.0.0.0/24", dns_support=False, dhcp="own"),), dhcp_options=(servers,))
        assert {one.kind for one in resolve(world, "one", "sts.eu-central-1.amazonaws.com")} == {kind}


def test_an_acl_is_not_asked_about_what_a_gateway_in_the_same_subnet_brings() -> None:
    world = linked()
    own = NaclEntry(100, False, True, "all", IPv4Network("10.1.0.0/27"), AT)
    narrow = Nacl("two-acl", AT, "two", (own, OPEN[0]))
    world = replace(world, nacls=tuple(narrow if one.key == "two-acl" else one for one in world.nacls))
    ends = (place("s1", group="one-group"), place("s2", group="two-group"))
    assert ask(world, *ends).outcome == "pass"
    beside = subnet("s2b", "two", "10.1.0.32/27")
    answer = ask(replace(world, subnets=(*world.subnets, beside)), ends[0], place("s2", "s2b", group="two-group"))
    assert answer.disposition == "denied-by-nacl"
    assert answer.packet is not None
    assert answer.packet.destination == IPv4Address("10.1.0.36")

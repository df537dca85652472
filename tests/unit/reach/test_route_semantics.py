"""Routes: associations, longest prefix, gateway endpoints, what leads nowhere, what leads out."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import NatGateway, Route, TargetKind
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.question import Party
from reach_world import EC2, OPEN, S3, at, entry, net, place, plain, route

NAT, IGW, TGW, HOLE = (
    TargetKind.NAT_GATEWAY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.BLACKHOLE,
)
STS = "sts.eu-central-1.amazonaws.com"


def test_s3_works_only_through_tables_that_the_gateway_endpoint_names():
    found = plain().gateway(tables=()).ask(place("a"), S3)
    assert found.disposition == "no-route" and found.stopped.origin.address == "aws_route_table.private"
    assert "aws_vpc_endpoint.s3 does not name this table" in found.reason


def test_a_subnet_without_an_association_uses_the_main_table():
    world = plain().subnet("b", "10.0.1.0/24", table=None)
    assert world.ask(place("a"), S3).outcome is Outcome.PASS
    found = world.ask(place(("a", "b")), S3)
    assert found.outcome is Outcome.FAIL and found.packet.source in net("10.0.1.0/24")
    assert world.gateway(tables=("private", "vpc-main")).ask(place("b"), S3).outcome is Outcome.PASS


def test_an_unknown_association_is_open():
    world = plain().subnet("b", "10.0.1.0/24", table=Unknown("known after apply"))
    assert world.ask(place("b"), S3).outcome is Outcome.UNKNOWN
    world = plain().subnet("b", "10.0.1.0/24", table=OneOf(("private", "vpc-main"), "x"))
    assert world.ask(place("b"), S3).outcome is Outcome.UNKNOWN
    assert world.gateway(tables=("private", "vpc-main")).ask(place("b"), S3).outcome is Outcome.PASS


def test_unknown_tables_of_the_gateway_endpoint_are_open():
    assert plain().gateway(tables=Unknown("known after apply")).ask(place("a"), S3).outcome is Outcome.UNKNOWN


def test_the_gateway_endpoint_beats_the_default_route():
    world = plain().table("private", route("0.0.0.0/0", HOLE))
    found = world.ask(place("a"), S3)
    assert found.outcome is Outcome.PASS and found.endpoint == "s3" and not found.public


def test_a_bucket_of_another_region_is_not_behind_the_gateway_endpoint():
    assert plain().ask(place("a"), "bucket.s3.us-east-1.amazonaws.com").disposition == "no-route"


def test_inside_the_vpc_the_default_route_does_not_matter():
    world = plain().table("private", route("0.0.0.0/0", HOLE))
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(HOLE, "fail"), (TargetKind.APPLIANCE, "unknown"), (TargetKind.PEERING, "fail"), (TGW, "unknown")],
)
def test_a_route_more_specific_than_the_vpc_takes_packets_away(kind, outcome):
    found = plain().table("private", route("10.0.1.0/24", kind, "x")).ask(place("a"), place("b"), 80)
    assert found.outcome == outcome and found.stopped.kind == "route-out"
    assert plain().table("private", route("10.0.1.0/24", kind, "x")).ask(place("b"), place("b"), 80).outcome == "pass"


def test_a_less_specific_route_than_the_vpc_does_nothing():
    assert plain().table("private", route("10.0.0.0/8", HOLE)).ask(place("a"), place("b"), 80).outcome is Outcome.PASS


def test_the_way_back_is_asked_too():
    world = plain().table("other", route("10.0.0.0/24", HOLE, table="other")).subnet("b", "10.0.1.0/24", table="other")
    found = world.ask(place("a"), place("b"), 80)
    assert (found.stopped.kind, found.packet.direction) == ("return-route", "response")


def test_a_table_that_is_only_partly_visible_is_open():
    world = plain().table("private", incomplete="only read")
    assert world.ask(place("a"), STS).outcome is Outcome.UNKNOWN
    assert world.ask(place("a"), place("b"), 80).outcome is Outcome.UNKNOWN


def test_propagated_vpn_routes_do_not_touch_the_vpcs_own_range_but_may_lead_out():
    world = plain().table("private", propagating=("vgw",))
    assert world.ask(place("a"), place("b"), 80).outcome is Outcome.PASS
    assert world.ask(place("a"), STS).outcome is Outcome.UNKNOWN


def test_a_peer_route_of_unknown_range_does_not_touch_the_vpcs_own_range():
    unsure = Route(Unknown("known after apply"), TargetKind.PEERING, at("route"))
    assert plain().table("private", unsure).ask(place("a"), EC2).outcome is Outcome.PASS


def nat_world(*gate_routes, entries=OPEN):
    world = plain().table("private", route("0.0.0.0/0", NAT, "nat")).table("public", *gate_routes)
    world.subnet("p", "10.0.9.0/24", table="public", entries=entries)
    world.more["nat_gateways"] = (NatGateway("nat", at("aws_nat_gateway.x"), "p"),)
    return world


def test_a_nat_gateway_with_a_way_out_reaches_public_names_and_is_called_public():
    found = nat_world(route("0.0.0.0/0", IGW, "igw", "public")).ask(place("a"), STS)
    assert found.outcome is Outcome.PASS and found.public


def test_a_nat_gateway_in_a_closed_subnet_leads_nowhere():
    assert nat_world().ask(place("a"), STS).disposition == "no-route"


def test_the_acl_of_the_nat_gateways_subnet_counts():
    closed = (entry(1, True, True, protocol="all"), entry(1, False, True, "10.0.0.0/16"))
    found = nat_world(route("0.0.0.0/0", IGW, "igw", "public"), entries=closed).ask(place("a"), STS)
    assert found.disposition == "denied-by-nacl" and found.stopped.kind == "transit"


def test_an_internet_gateway_serves_only_interfaces_with_a_public_address():
    world = plain().table("private", route("0.0.0.0/0", IGW, "igw"))
    assert world.ask(place("a"), STS).outcome is Outcome.FAIL
    assert world.ask(place("a", public_ip=True), STS).outcome is Outcome.PASS
    assert world.ask(place("a", public_ip=Unknown("x")), STS).outcome is Outcome.UNKNOWN


def test_public_addresses_behind_a_transit_gateway_are_open():
    assert plain().table("private", route("0.0.0.0/0", TGW, "tgw")).ask(place("a"), STS).outcome is Outcome.UNKNOWN


def test_a_subnet_of_unknown_range_passes_where_the_whole_vpc_would():
    world = plain().subnet("b", "10.0.1.0/24")
    world.subnets["b"] = replace(world.subnets["b"], cidr=Unknown("known after apply"))
    assert world.ask(place(("a", "b")), EC2).outcome is Outcome.PASS
    assert (
        world.acl("a", entry(1, False, True, "10.0.1.0/24"), entry(1, True, True))
        .ask(place("a"), place("b"), 80)
        .outcome
        is Outcome.UNKNOWN
    )
    assert world.acl("a", entry(1, True, True)).ask(place("a"), place("b"), 80).outcome is Outcome.FAIL


def test_unknown_subnets_are_open_and_no_subnets_ask_nothing():
    assert plain().ask(place(Unknown("known after apply")), EC2).outcome is Outcome.UNKNOWN
    assert plain().ask(place("subnet-0abc"), EC2).outcome is Outcome.UNKNOWN
    assert plain().ask(place(()), EC2).disposition == "no-subject"
    assert plain().ask(Party("nobody"), EC2).disposition == "no-subject"


def test_fixed_addresses_are_asked_only_where_they_are():
    world = plain().acl("b", entry(1, False, True, "10.0.0.9/32"), entry(1, True, True, protocol="all"))
    one = place("a", addresses=(IPv4Address("10.0.0.9"),))
    assert world.ask(one, place("b"), 80).outcome is Outcome.PASS
    assert world.ask(place("a"), place("b"), 80).outcome is Outcome.FAIL
    world.subnets["b"] = replace(world.subnets["b"], nacl="acl-a")
    assert world.ask(place(("a", "b"), addresses=(IPv4Address("10.0.0.9"),)), place(("a", "b")), 80).outcome == "pass"


def test_the_local_route_can_be_replaced_and_then_another_target_decides():
    found = plain().table("private", route("10.0.0.0/16", TargetKind.APPLIANCE, "eni")).ask(place("a"), place("b"), 80)
    assert found.outcome is Outcome.UNKNOWN and found.stopped.kind == "route-out"


def test_a_route_of_unknown_range_to_an_appliance_may_come_before_the_local_route():
    unsure = Route(Unknown("known after apply"), TargetKind.APPLIANCE, at("route"))
    assert plain().table("private", unsure).ask(place("a"), place("b"), 80).outcome is Outcome.UNKNOWN


def test_a_gateway_endpoint_that_may_name_another_table_is_open():
    world = plain().gateway(tables=OneOf((("private",), ("other",)), "a variable"))
    assert world.ask(place("a"), S3).outcome is Outcome.UNKNOWN


def test_a_route_to_public_ranges_may_be_more_specific_than_the_services_prefix_list():
    world = plain().table("private", route("52.0.0.0/8", HOLE))
    assert world.ask(place("a"), S3).outcome is Outcome.UNKNOWN


def test_the_main_table_counts_where_it_is_not_known_whether_another_is_associated():
    world = plain().subnet("b", "10.0.1.0/24", table=OneOf((None, "private"), "a variable"))
    assert world.ask(place("b"), S3).outcome is Outcome.UNKNOWN
    assert world.gateway(tables=("private", "vpc-main")).ask(place("b"), S3).outcome is Outcome.PASS


def test_ranges_that_the_vpc_may_have_besides_leave_a_missing_route_open():
    world, office = plain(), Party("office", networks=(net("192.168.0.0/16"),))
    assert world.ask(place("a"), office).outcome is Outcome.FAIL
    world.vpcs["vpc"] = replace(world.vpcs["vpc"], cidrs_incomplete="ranges may be associated elsewhere")
    assert world.ask(place("a"), office).outcome is Outcome.UNKNOWN


def test_answers_come_back_to_the_nat_gateway_on_every_ephemeral_port():
    narrow = (
        entry(1, True, True, protocol="all"),
        entry(1, False, True, "10.0.0.0/16"),
        entry(2, False, True, ports=(32768, 65535)),
    )
    found = nat_world(route("0.0.0.0/0", IGW, "igw", "public"), entries=narrow).ask(place("a"), STS)
    assert found.disposition == "denied-by-nacl" and found.stopped.kind == "transit"
    wide = (*narrow, entry(3, False, True, ports=(1024, 65535)))
    assert nat_world(route("0.0.0.0/0", IGW, "igw", "public"), entries=wide).ask(place("a"), STS).outcome == "pass"

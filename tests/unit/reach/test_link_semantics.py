"""Peering, transit gateways, VPN: both ways, no transit, zones, ACLs at the gateway's interfaces."""

from dataclasses import replace

import pytest
from eksclave.reach.answer import Outcome
from eksclave.reach.control_plane import party
from eksclave.reach.facts.dns import Alias, AliasKind, PrivateZone, ZoneRecord
from eksclave.reach.facts.links import (
    AttachmentKind,
    Peering,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpnGateway,
)
from eksclave.reach.facts.network import TargetKind
from eksclave.reach.facts.values import Unknown
from eksclave.reach.question import ApiServer, Client, Party
from reach_world import ALL_OUT, EC2, S3, allow_in, allow_out, at, entry, net, place, plain, route

PEER, TGW, VGW = TargetKind.PEERING, TargetKind.TRANSIT_GATEWAY, TargetKind.VPN_GATEWAY
OFFICE = Party("office", networks=(net("192.168.0.0/16"),))


def peered(accepted=True, back=True, **changes):
    world = plain().vpc("hub", "10.1.0.0/16").table("private", route("10.1.0.0/16", PEER, "pcx"))
    world.table("hub", *([route("10.0.0.0/16", PEER, "pcx", "hub")] if back else []), vpc="hub")
    world.subnet("h", "10.1.0.0/24", "hub", "hub").sg("server", allow_in("10.0.0.0/16"), vpc="hub")
    world.more["peerings"] = (Peering("pcx", at("pcx"), "vpc", "hub", accepted, **changes),)
    return world


def test_an_accepted_peering_with_routes_on_both_sides_carries_packets():
    assert peered().ask(place(("a", "b")), place("h", "server")).outcome is Outcome.PASS


@pytest.mark.parametrize(("accepted", "outcome"), [(False, "fail"), (Unknown("x"), "unknown")])
def test_a_peering_must_be_accepted(accepted, outcome):
    assert peered(accepted).ask(place("a"), place("h", "server")).outcome == outcome


def test_a_missing_way_back_fails_the_response():
    found = peered(back=False).ask(place("a"), place("h", "server"))
    assert (found.stopped.kind, found.packet.direction) == ("return-route", "response")


def test_groups_may_be_named_across_a_peering_only_within_a_region():
    assert peered().sg("server", allow_in("node"), vpc="hub").ask(place("a"), place("h", "server")).outcome == "pass"
    far = peered(cross_region=True).sg("server", allow_in("node"), vpc="hub")
    assert far.ask(place("a"), place("h", "server")).outcome == "fail"


def test_peering_is_not_transitive():
    world = (
        peered().vpc("third", "10.2.0.0/16").subnet("t", "10.2.0.0/24", "third", "third").table("third", vpc="third")
    )
    world.table("private", route("10.2.0.0/16", PEER, "pcx")).sg("server", allow_in("0.0.0.0/0"))
    found = world.ask(place("a"), place("t", "server"))
    assert found.disposition == "no-route" and "not transitive" in found.reason


def test_vpcs_that_overlap_never_see_each_other():
    world = peered().vpc("hub", "10.0.0.0/16").subnet("h", "10.0.0.0/24", "hub", "hub")
    assert "overlap" in world.ask(place("a"), place("h", "server")).reason


def test_pods_behind_their_nodes_address_use_every_port_towards_another_vpc():
    world = peered().acl("a", entry(1, True, True, protocol="all"), entry(1, False, True, ports=(32768, 60999)))
    assert world.ask(place("a"), place("h", "server"), client=Client.LINUX).outcome is Outcome.PASS
    assert world.ask(place("a"), place("h", "server"), client=Client.NODE).outcome is Outcome.FAIL


def test_custom_network_pods_leave_the_vpc_from_their_nodes_subnet():
    world = peered().subnet("pods", "100.64.0.0/24", table="pods").table("pods")
    world.vpcs["vpc"] = replace(world.vpcs["vpc"], cidrs=(net("10.0.0.0/16"), net("100.64.0.0/16")))
    pods = Party("pods", (place("pods"),), client=Client.NODE)
    assert world.ask(pods, place("h", "server")).disposition == "no-route"
    behind = replace(pods, leaves_from=(place("a"),))
    assert world.ask(behind, place("h", "server")).outcome is Outcome.PASS
    assert world.ask(behind, S3).outcome is Outcome.PASS
    assert world.ask(pods, S3).outcome is Outcome.FAIL


def test_gateway_endpoints_do_not_serve_the_peer():
    assert peered().ask(place("h", "hub-sg"), S3).outcome is Outcome.FAIL


def through_hub(**changes):
    """Spoke `vpc` and `hub` on one transit gateway; the ec2 endpoint lives in the hub behind a shared private zone."""
    world = plain().vpc("hub", "10.1.0.0/16").table("private", route("10.0.0.0/8", TGW, "tgw"))
    world.table("hub", route("10.0.0.0/16", TGW, "tgw", "hub"), vpc="hub")
    world.subnet("h", "10.1.0.0/24", "hub", "hub", zone="zone-a").sg("vpce", allow_in("10.0.0.0/8"), vpc="hub")
    world.endpoint("ec2", "ec2", vpc="hub", private_dns=False, subnets=("h",))
    record = ZoneRecord(EC2, at("record"), alias=Alias(AliasKind.ENDPOINT, "ec2"))
    world.more["private_zones"] = (PrivateZone("z", at("z"), EC2, ("vpc", "hub"), (record,)),)
    world.more["transit_gateways"] = (TransitGateway("tgw", at("tgw"), "rt"),)
    spoke = TransitGatewayAttachment("att-vpc", at("att-vpc"), "tgw", AttachmentKind.VPC, "vpc", ("a", "b"), "rt")
    world.more["transit_attachments"] = (
        replace(spoke, **changes),
        TransitGatewayAttachment("att-hub", at("att-hub"), "tgw", AttachmentKind.VPC, "hub", ("h",), "rt"),
    )
    table = TransitGatewayRouteTable("rt", at("rt"), "tgw", (), ("att-vpc", "att-hub"))
    world.more["transit_route_tables"] = (table,)
    return world


def with_table(world, **changes):
    world.more["transit_route_tables"] = (replace(world.more["transit_route_tables"][0], **changes),)
    return world


def test_hub_endpoints_answer_spokes_through_a_shared_zone_and_a_transit_gateway():
    found = through_hub().ask(place("a"), EC2)
    assert found.outcome is Outcome.PASS and found.endpoint == "ec2"


def test_without_a_zone_for_the_spoke_the_name_goes_public():
    world = through_hub()
    world.more["private_zones"] = ()
    assert world.ask(place("a"), EC2).outcome is not Outcome.PASS


def test_a_transit_gateway_needs_an_interface_in_the_senders_zone():
    found = through_hub(subnets=("a",)).ask(place(("a", "b")), EC2)
    assert found.outcome is Outcome.FAIL and found.stopped.origin.address == "att-vpc"
    assert through_hub(subnets=("a",)).ask(place("a"), EC2).outcome is Outcome.PASS


def test_the_transit_gateways_own_table_decides():
    assert with_table(through_hub(), propagations=("att-vpc",)).ask(place("a"), EC2).outcome is Outcome.FAIL
    hole = TransitGatewayRoute(net("10.1.0.0/24"), None, at("hole"))
    blocked = with_table(through_hub(), routes=(hole,)).ask(place("a"), EC2)
    assert (blocked.outcome, blocked.stopped.origin.address) == (Outcome.FAIL, "hole")
    assert with_table(through_hub(), propagations=(), incomplete="x").ask(place("a"), EC2).outcome is Outcome.UNKNOWN
    assert through_hub(route_table=None).ask(place("a"), EC2).outcome is Outcome.FAIL
    assert through_hub(route_table=Unknown("x")).ask(place("a"), EC2).outcome is Outcome.UNKNOWN


def test_the_acls_of_the_gateways_subnets_filter_too():
    world = through_hub(subnets=("g", "b")).subnet("g", "10.0.8.0/28", zone="zone-a")
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS
    found = world.acl("g", entry(1, True, True, protocol="all")).ask(place("a"), EC2)
    assert found.disposition == "denied-by-nacl" and found.stopped.kind == "transit"
    back = world.acl("g", entry(1, False, True, protocol="all")).ask(place("a"), EC2)
    assert back.disposition == "denied-by-nacl" and back.packet.direction == "response"


def test_groups_are_not_seen_through_a_transit_gateway_unless_both_sides_say_so():
    world = through_hub().sg("vpce", allow_in("node"), vpc="hub")
    assert world.ask(place("a"), EC2).disposition == "denied-by-security-group"


def api_from_office(*routes, **changes):
    world = plain().table("private", *routes).sg("office", allow_in("192.168.0.0/16")).cluster(extra=("office",))
    for key, value in changes.items():
        world.more[key] = value
    return world


def test_the_office_reaches_the_api_through_a_vpn_gateway_and_says_what_is_assumed():
    vgw = (VpnGateway("vgw", at("vgw"), "vpc"),)
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"), vpn_gateways=vgw)
    found = world.ask(OFFICE, party(world.snapshot(), "eks"))
    assert found.outcome is Outcome.PASS and any("beyond vgw" in text for text in found.assumptions)
    assert world.ask(OFFICE, ApiServer("eks")).outcome is Outcome.PASS


def test_without_a_way_back_the_office_waits():
    world = api_from_office()
    found = world.ask(OFFICE, party(world.snapshot(), "eks"))
    assert (found.disposition, found.packet.direction) == ("no-route", "response")
    halfway = api_from_office(route("192.168.0.0/17", VGW, "vgw"))
    assert str(halfway.ask(OFFICE, party(halfway.snapshot(), "eks")).packet.destination) == "192.168.128.0"


def test_a_control_plane_interface_in_the_other_tier_meets_the_other_tiers_acl():
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"))
    world.acl("b", entry(1, True, True, protocol="all"), entry(1, False, True, "10.0.0.0/16", protocol="all"))
    found = world.ask(OFFICE, party(world.snapshot(), "eks"))
    assert found.disposition == "denied-by-nacl" and found.packet.destination in net("10.0.1.0/24")


def test_the_office_needs_every_port_above_1023_back():
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"))
    world.acl("a", entry(1, False, True, protocol="all"), entry(1, True, True, ports=(32768, 65535)))
    found = world.ask(OFFICE, party(world.snapshot(), "eks"))
    assert found.outcome is Outcome.FAIL and found.packet.destination_port == 1024


def test_nothing_gets_in_through_nat_or_an_internet_gateway():
    for kind in (TargetKind.NAT_GATEWAY, TargetKind.INTERNET_GATEWAY):
        world = api_from_office(route("0.0.0.0/0", kind, "x"))
        assert world.ask(OFFICE, party(world.snapshot(), "eks")).outcome is Outcome.FAIL


def test_the_office_behind_a_peered_vpc_would_need_transit():
    world = peered().sg("office", allow_in("192.168.0.0/16"), ALL_OUT).cluster(extra=("office",))
    world.table("private", route("192.168.0.0/16", PEER, "pcx"))
    assert "not transitive" in world.ask(OFFICE, party(world.snapshot(), "eks")).reason


def test_a_static_route_of_the_transit_gateway_comes_before_a_propagated_one_of_the_same_range():
    hole = TransitGatewayRoute(net("10.1.0.0/16"), None, at("hole"))
    assert with_table(through_hub(), routes=(hole,)).ask(place("a"), EC2).stopped.origin.address == "hole"


@pytest.mark.parametrize(("accepted", "outcome"), [(False, "fail"), (Unknown("x"), "unknown")])
def test_an_attachment_must_be_accepted(accepted, outcome):
    found = through_hub(accepted=accepted).ask(place("a"), EC2)
    assert (found.outcome, found.stopped.origin.address) == (outcome, "att-vpc")


def test_rules_that_let_out_to_a_group_never_count_through_a_transit_gateway():
    world = through_hub(group_references=True).sg("node", allow_out("vpce"))
    gateway = replace(world.more["transit_gateways"][0], group_references=True)
    world.more["transit_gateways"] = (gateway,)
    world.more["transit_attachments"] = tuple(
        replace(a, group_references=True) for a in world.more["transit_attachments"]
    )
    assert world.ask(place("a"), EC2).stopped.kind == "source-security-group-egress"
    world.sg("node", ALL_OUT).sg("vpce", allow_in("node"), vpc="hub")
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS


def test_whether_a_peering_crosses_regions_decides_about_groups_and_may_be_open():
    world = peered(cross_region=Unknown("x")).sg("server", allow_in("node"), vpc="hub")
    assert world.ask(place("a"), place("h", "server")).outcome == "unknown"


def test_a_vpn_gateway_of_another_vpc_leads_nowhere():
    vgw = (VpnGateway("vgw", at("vgw"), "hub"),)
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"), vpn_gateways=vgw)
    found = world.ask(OFFICE, party(world.snapshot(), "eks"))
    assert found.outcome is Outcome.FAIL and "another VPC" in found.reason


def test_answers_from_the_office_need_the_clients_own_ports():
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"))
    world.more["vpn_gateways"] = (VpnGateway("vgw", at("vgw"), "vpc"),)
    world.acl("a", entry(1, True, True, protocol="all"), entry(1, False, True, ports=(32768, 60999)))
    assert world.ask(place("a"), OFFICE, client=Client.LINUX).outcome is Outcome.PASS
    found = world.ask(place("a"), OFFICE, client=Client.NODE)
    assert (found.outcome, found.packet.direction, found.packet.destination_port) == (Outcome.FAIL, "response", 1024)


def test_what_the_office_resolves_is_open_where_the_api_is_public_too():
    vgw = (VpnGateway("vgw", at("vgw"), "vpc"),)
    world = api_from_office(route("192.168.0.0/16", VGW, "vgw"), vpn_gateways=vgw)
    world.cluster(extra=("office",), public_access=True)
    assert world.ask(OFFICE, ApiServer("eks")).outcome is Outcome.UNKNOWN

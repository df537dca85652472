"""Network ACLs: order, direction, borders, ephemeral ranges."""

from dataclasses import replace
from ipaddress import IPv6Network

import pytest
from eksclave.net import PortRange
from eksclave.reach import nacl, sets
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Nacl, NaclEntry, PrefixList
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.question import Client
from eksclave.reach.ruling import Where
from reach_world import S3, allow_in, at, entry, net, place, plain

OUT_ALL = entry(100, True, True, protocol="all")
IN_ALL = entry(100, False, True, protocol="all")


def rules(*entries, cidr="10.0.0.0/24", ports=((443, 443),), incomplete=""):
    made = Nacl("acl", at("acl"), "vpc", entries, incomplete)
    return nacl.decide(made, False, "tcp", Where(sets.network(net(cidr))), sets.Intervals.of(ports))


def test_an_acl_without_entries_denies_everything():
    assert rules().outcome is Outcome.FAIL


def test_the_lowest_number_decides_whatever_the_order_in_the_input():
    deny, allow = entry(50, False, False, ports=443), entry(100, False, True, ports=443)
    assert rules(allow, deny).outcome is rules(deny, allow).outcome is Outcome.FAIL
    assert rules(entry(50, False, True, ports=443), entry(100, False, False)).outcome is Outcome.PASS


def test_the_denying_entry_and_the_smallest_denied_packet_are_named():
    ruling = rules(entry(10, False, False, "10.0.0.128/25", 443), entry(20, False, True))
    assert (ruling.origin.attribute, str(sets.address(ruling.box.addresses.first))) == ("ingress[10]", "10.0.0.128")


def test_several_narrow_entries_cover_a_wide_demand_together():
    halves = entry(1, False, True, "10.0.0.0/25", 443), entry(2, False, True, "10.0.0.128/25", (400, 500))
    assert rules(*halves).outcome is Outcome.PASS
    assert rules(*halves, ports=((443, 444),)).outcome is Outcome.FAIL


def test_a_deny_behind_the_allow_that_took_everything_is_harmless():
    assert rules(entry(1, False, True), entry(2, False, False)).outcome is Outcome.PASS


def test_udp_entries_and_ipv6_entries_do_not_let_tcp_over_ipv4_pass():
    assert rules(entry(1, False, True, protocol="udp")).outcome is Outcome.FAIL
    six = NaclEntry(1, False, True, "all", IPv6Network("::/0"), at("six"))
    assert rules(six).outcome is Outcome.FAIL


def test_protocol_numbers_mean_what_their_names_mean():
    assert rules(entry(1, False, True, protocol="6")).outcome is Outcome.PASS
    assert rules(entry(1, False, True, protocol="-1", ports=(0, 0))).outcome is Outcome.PASS


def test_port_zero_to_zero_of_tcp_is_port_zero_only():
    assert rules(entry(1, False, True, ports=(0, 0))).outcome is Outcome.FAIL


def test_an_unknown_range_is_open_unless_another_entry_settles_it():
    open_entry = NaclEntry(50, False, True, "tcp", Unknown("known after apply"), at("open"), PortRange.of(443))
    assert rules(open_entry).outcome is Outcome.UNKNOWN
    assert rules(open_entry, entry(60, False, True)).outcome is Outcome.PASS
    assert rules(entry(40, False, False), open_entry).outcome is Outcome.FAIL
    unsure_deny = NaclEntry(50, False, False, "tcp", Unknown("known after apply"), at("open"))
    assert rules(unsure_deny, entry(60, False, True)).outcome is Outcome.UNKNOWN


def test_candidates_pass_only_if_every_one_does():
    wide = OneOf((net("10.0.0.0/16"), net("10.0.0.0/24")), "a variable")
    narrow = OneOf((net("10.0.0.0/16"), net("10.9.0.0/16")), "a variable")
    assert rules(NaclEntry(1, False, True, "tcp", wide, at("x"))).outcome is Outcome.PASS
    assert rules(NaclEntry(1, False, True, "tcp", narrow, at("x"))).outcome is Outcome.UNKNOWN


def test_an_unknown_number_is_open_where_order_matters():
    floating = NaclEntry(Unknown("x"), False, False, "tcp", net("0.0.0.0/0"), at("x"))
    assert rules(floating, entry(100, False, True)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("allow", [Unknown("x"), OneOf((True, False), "x")])
def test_an_entry_whose_action_is_not_known_neither_allows_nor_denies(allow):
    unclear = entry(50, False, allow)
    assert rules(unclear).outcome is Outcome.UNKNOWN
    assert rules(unclear, entry(100, False, True)).outcome is Outcome.UNKNOWN
    assert rules(unclear, entry(100, False, False)).outcome is Outcome.UNKNOWN
    assert rules(entry(10, False, True), unclear).outcome is Outcome.PASS
    assert rules(entry(10, False, False), unclear).outcome is Outcome.FAIL


def test_an_acl_that_is_only_partly_visible_is_open():
    assert rules(entry(1, False, True), incomplete="only read").outcome is Outcome.UNKNOWN


def test_same_subnet_traffic_ignores_an_acl_that_denies_everything():
    world = plain().acl("a")
    assert world.ask(place("a"), place("a"), 8080).outcome is Outcome.PASS
    assert world.ask(place("a"), place("b"), 8080).outcome is Outcome.FAIL


@pytest.mark.parametrize("broken", ["source out", "destination in", "destination out", "source in"])
def test_each_of_the_four_crossings_can_stop_the_flow(broken):
    world, subnet = plain(), "a" if "source" in broken else "b"
    world.acl(subnet, IN_ALL if "out" in broken else OUT_ALL)
    found = world.ask(place("a"), place("b"), 8080)
    response = broken in ("destination out", "source in")
    assert found.disposition == "denied-by-nacl" and found.packet.direction == ("response" if response else "request")
    assert found.stopped.origin.address == f"aws_network_acl.{subnet}"
    ends = (found.packet.source_port, found.packet.destination_port)
    assert ends == ((8080, 32768) if response else (32768, 8080))


@pytest.mark.parametrize(("last", "outcome"), [(60999, "pass"), (61000, "pass"), (60998, "fail")])
def test_linux_needs_answers_on_32768_to_60999_inside_the_vpc(last, outcome):
    world = plain().acl("a", OUT_ALL, entry(100, False, True, "10.0.0.0/16", (32768, last)))
    assert world.ask(place("a"), place("b"), 8080).outcome == outcome


@pytest.mark.parametrize("client", [Client.ANY, Client.WINDOWS])
def test_other_clients_use_ports_that_the_linux_range_lacks(client):
    world = plain().acl("a", OUT_ALL, entry(100, False, True, "10.0.0.0/16", (32768, 61000)))
    assert world.ask(place("a"), place("b"), 8080, client).outcome is Outcome.FAIL


def test_the_linux_range_in_two_pieces_with_a_hole_at_61004_hurts_only_rewritten_ports():
    pieces = entry(100, False, True, ports=(1024, 61003)), entry(110, False, True, ports=(61005, 65535))
    world = plain().acl("a", OUT_ALL, *pieces)
    assert world.ask(place("a"), place("b"), 443).outcome is Outcome.PASS
    found = world.ask(place("a"), S3)
    assert found.disposition == "denied-by-nacl" and found.packet.destination_port == 61004
    assert world.ask(place("a"), S3, client=Client.NODE_NO_SNAT).outcome is Outcome.PASS


def test_s3_needs_public_ranges_in_the_acl_because_it_cannot_name_a_prefix_list():
    inside_only = (entry(100, True, True, "10.0.0.0/16"), entry(100, False, True, "10.0.0.0/16"))
    assert plain().acl("a", *inside_only).ask(place("a"), S3).outcome is Outcome.FAIL
    some = (entry(100, True, True, "52.219.0.0/16", 443), IN_ALL)
    assert plain().acl("a", *some).ask(place("a"), S3).outcome is Outcome.UNKNOWN
    whole = (entry(100, True, True, ports=443), entry(100, False, True, ports=(1024, 65535)))
    assert plain().acl("a", *whole).ask(place("a"), S3).outcome is Outcome.PASS


def test_given_s3_ranges_settle_what_is_open_without_them():
    world = plain().acl("a", entry(100, True, True, "52.219.0.0/16", 443), IN_ALL)
    world.more["given_s3_ranges"] = (("eu-central-1", (net("52.219.44.0/22"),)),)
    assert world.ask(place("a"), S3).outcome is Outcome.PASS
    world.more["given_s3_ranges"] = (("eu-central-1", (net("52.219.44.0/22"), net("3.5.134.0/23"))),)
    found = world.ask(place("a"), S3)
    assert found.outcome is Outcome.FAIL and str(found.packet.destination) == "3.5.134.0"


def test_the_first_four_and_the_last_address_of_a_subnet_are_nobodys():
    odd = entry(50, False, False, "10.0.0.0/30"), entry(51, False, False, "10.0.0.255/32"), IN_ALL
    assert plain().acl("b", OUT_ALL, *odd).ask(place("a"), place("b"), 80).outcome is Outcome.PASS
    used = entry(50, False, False, "10.0.0.4/32"), IN_ALL
    assert plain().acl("b", OUT_ALL, *used).ask(place("a"), place("b"), 80).outcome is Outcome.FAIL


def test_a_placement_that_fails_decides_before_one_that_is_open():
    world = plain().subnet("c", "10.0.2.0/24").acl("a")
    world.subnets["b"] = replace(world.subnets["b"], nacl=Unknown("known after apply"))
    found = world.ask(place(("a", "b")), place("c"), 80)
    assert found.outcome is Outcome.FAIL and found.stopped.origin.address == "aws_network_acl.a"
    assert {one.outcome for one in found.also} == {Outcome.UNKNOWN}


def test_a_step_that_fails_decides_before_one_that_is_open():
    world = plain().sg("node", allow_in("node")).acl("a")
    world.groups["node"] = replace(world.groups["node"], incomplete="only read")
    found = world.ask(place("a"), place("b"), 80)
    assert (found.outcome, found.disposition) == (Outcome.FAIL, "denied-by-nacl")


@pytest.mark.parametrize(("last", "outcome"), [(65535, "pass"), (65534, "fail")])
def test_windows_needs_answers_up_to_the_last_port(last, outcome):
    world = plain().acl("a", OUT_ALL, entry(100, False, True, "10.0.0.0/16", (49152, last)))
    assert world.ask(place("a"), place("b"), 8080, Client.WINDOWS).outcome == outcome


def test_given_ranges_of_another_region_or_service_say_nothing_about_these():
    world = plain().acl("a", entry(100, True, True, "52.219.0.0/16", 443), IN_ALL)
    for key, service, region in (("pl-far", "s3", "us-east-1"), ("pl-other", "dynamodb", "eu-central-1")):
        world.lists[key] = PrefixList(key, at(key), (net("52.219.44.0/22"),), service, region)
    assert world.ask(place("a"), S3).outcome is Outcome.UNKNOWN
    world.lists["pl-s3"] = replace(world.lists["pl-s3"], entries=(net("52.219.44.0/22"),))
    assert world.ask(place("a"), S3).outcome is Outcome.PASS

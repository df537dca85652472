"""Security groups: allow only, union, references, prefix lists, stateful."""

from dataclasses import replace

from eksclave.reach.answer import Outcome
from eksclave.reach.facts.groups import GroupRule, cluster_group_key
from eksclave.reach.facts.network import PrefixList
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.question import ApiServer
from reach_world import ALL_OUT, EC2, S3, allow_in, allow_out, at, net, place, plain, rule, unknown


def test_a_group_without_egress_rules_lets_nothing_out():
    found = plain().sg("node", allow_in("node", None, "all")).ask(place("a"), EC2)
    assert (found.disposition, found.stopped.kind) == ("denied-by-security-group", "source-security-group-egress")


def test_answers_need_no_rule():
    world = plain().sg("node", allow_out("10.0.0.0/16")).sg("vpce", allow_in("node"))
    assert world.ask(place(("a", "b")), EC2).outcome is Outcome.PASS


def test_any_attached_group_may_allow():
    world = plain().sg("node", allow_out("10.0.9.0/24")).sg("more", allow_out("vpce"))
    assert world.ask(place("a", ("node", "more")), EC2).outcome is Outcome.PASS


def test_rules_of_two_groups_cover_a_range_together():
    world = plain().sg("node", allow_out("10.0.0.0/24")).sg("more", allow_out("10.0.1.0/24"))
    assert world.ask(place("a", ("node", "more")), EC2).outcome is Outcome.PASS
    found = world.ask(place("a", "node"), EC2)
    assert found.outcome is Outcome.FAIL and str(found.packet.destination) == "10.0.1.4"


def test_a_reference_means_interfaces_that_carry_the_group():
    world = plain().sg("vpce", allow_in("node"))
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS
    world.sg("other", ALL_OUT)
    assert world.ask(place("a", "other"), EC2).disposition == "denied-by-security-group"


def test_self_needs_the_same_group_on_both_sides():
    world = plain().sg("other", ALL_OUT, allow_in("other", None, "all"))
    assert world.ask(place("a"), place("b"), 53).outcome is Outcome.PASS
    assert world.ask(place("a"), place("b", "other"), 53).outcome is Outcome.FAIL


def test_an_endpoint_with_the_vpcs_default_group_does_not_hear_the_nodes():
    world = plain().endpoint("ec2", "ec2", groups=("vpc-sg",))
    found = world.ask(place(("a", "b")), EC2)
    assert found.disposition == "denied-by-security-group" and found.stopped.origin.address == "vpc-sg"
    assert world.ask(place(("a", "b"), ("node", "vpc-sg")), EC2).outcome is Outcome.PASS


def test_the_wrong_protocol_or_port_does_not_count():
    assert plain().sg("vpce", allow_in("10.0.0.0/16", 443, "udp")).ask(place("a"), EC2).outcome is Outcome.FAIL
    assert plain().sg("vpce", allow_in("10.0.0.0/16", 80)).ask(place("a"), EC2).outcome is Outcome.FAIL
    assert plain().sg("vpce", allow_in("10.0.0.0/16", None, "-1")).ask(place("a"), EC2).outcome is Outcome.PASS


def test_s3_needs_egress_to_its_prefix_list_or_to_everything():
    assert plain().sg("node", allow_out("pl-s3")).ask(place("a"), S3).outcome is Outcome.PASS
    assert plain().sg("node", allow_out("0.0.0.0/0")).ask(place("a"), S3).outcome is Outcome.PASS
    found = plain().sg("node", allow_out("vpce"), allow_out("10.0.0.0/16")).ask(place("a"), S3)
    assert (found.disposition, found.stopped.origin.address) == ("denied-by-security-group", "node")


def test_the_s3_list_of_another_region_is_another_list():
    world = plain().sg("node", allow_out("pl-far"))
    world.lists["pl-far"] = PrefixList("pl-far", at("pl-far"), unknown(), "s3", "us-east-1")
    assert world.ask(place("a"), S3).outcome is not Outcome.PASS


def test_a_customer_prefix_list_counts_with_its_entries():
    world = plain().sg("vpce", allow_in("pl-own"))
    world.lists["pl-own"] = PrefixList("pl-own", at("pl-own"), (net("10.0.0.0/16"),))
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS
    world.lists["pl-own"] = replace(world.lists["pl-own"], entries=Unknown("known after apply"))
    assert world.ask(place("a"), EC2).outcome is Outcome.UNKNOWN


def test_an_aws_list_of_public_addresses_never_lets_private_ones_pass():
    assert plain().sg("vpce", allow_in("pl-s3")).ask(place("a"), EC2).outcome is Outcome.FAIL


def test_groups_that_may_have_more_rules_are_open_but_never_denied():
    world = plain().sg("vpce")
    world.groups["vpce"] = replace(world.groups["vpce"], incomplete="only read")
    assert world.ask(place("a"), EC2).outcome is Outcome.UNKNOWN
    world.groups["vpce"] = replace(world.groups["vpce"], rules=(allow_in("10.0.0.0/16"),))
    assert world.ask(place("a"), EC2).outcome is Outcome.PASS


def test_a_group_that_the_input_lacks_is_open():
    assert plain().ask(place("a", "sg-0123"), EC2).outcome is Outcome.UNKNOWN


def test_a_peer_that_is_known_after_apply_is_open():
    unsure = GroupRule(False, "tcp", Unknown("known after apply"), at("r"))
    assert plain().sg("vpce", unsure).ask(place("a"), EC2).outcome is Outcome.UNKNOWN


def test_one_of_several_groups_must_work_for_each():
    world = plain().sg("other", ALL_OUT).sg("vpce", allow_in("node"))
    choice = OneOf((("node",), ("other",)), "a variable")
    assert world.ask(place("a", choice), EC2).outcome is Outcome.UNKNOWN
    assert world.ask(place("a", OneOf((("other",), ("other", "other")), "x")), EC2).outcome is Outcome.FAIL
    assert world.sg("vpce", allow_in("10.0.0.0/16")).ask(place("a", choice), EC2).outcome is Outcome.PASS


def test_launch_template_groups_suppress_the_cluster_group_and_the_api_goes_silent():
    world = plain()
    alone = world.ask(place(("a", "b"), "node"), ApiServer("eks"))
    assert alone.disposition == "denied-by-security-group"
    both = world.ask(place(("a", "b"), ("node", cluster_group_key("eks"))), ApiServer("eks"))
    assert both.outcome is Outcome.PASS and any("EKS makes" in text for text in both.assumptions)


def test_rules_added_to_the_cluster_group_count():
    world = plain().cluster(added=(rule(False, "node", 443),))
    assert world.ask(place(("a", "b")), ApiServer("eks")).outcome is Outcome.PASS


def test_extra_cluster_groups_are_on_the_control_plane_as_well():
    world = plain().sg("extra", allow_in("node")).cluster(extra=("extra",))
    assert world.ask(place(("a", "b")), ApiServer("eks")).outcome is Outcome.PASS


def test_inside_one_subnet_both_ends_groups_are_asked():
    world = plain().sg("other", ALL_OUT)
    found = world.ask(place("a"), place("a", "other"), 53)
    assert (found.disposition, found.stopped.kind) == (
        "denied-by-security-group",
        "destination-security-group-ingress",
    )


def test_what_carries_no_group_is_filtered_by_none():
    assert plain().ask(place("a"), place("b", ()), 80).outcome is Outcome.PASS


def test_a_prefix_list_whose_region_is_not_known_may_be_the_right_one():
    world = plain().sg("node", allow_out("pl-far"))
    world.lists["pl-far"] = PrefixList("pl-far", at("pl-far"), unknown(), "s3", Unknown("known after apply"))
    assert world.ask(place("a"), S3).outcome is Outcome.UNKNOWN
    world.lists["pl-far"] = replace(world.lists["pl-far"], entries=(net("16.182.0.0/16"),), region="us-east-1")
    world.lists["pl-s3"] = replace(world.lists["pl-s3"], entries=(net("3.5.136.0/22"),))
    assert world.ask(place("a"), S3).outcome is Outcome.FAIL


def test_extra_cluster_groups_do_not_take_the_cluster_groups_place():
    world = plain().sg("extra").cluster(extra=("extra",), added=(rule(False, "node", 443),))
    assert world.ask(place(("a", "b")), ApiServer("eks")).outcome is Outcome.PASS

"""Names: who answers, for whom, and what is left public or does not exist."""

from dataclasses import replace

import pytest
from eksclave.reach import zones
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.dns import Alias, AliasKind, PrivateZone, ResolverEndpoint, ResolverRule, ZoneRecord
from eksclave.reach.facts.network import DhcpOptions
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.names import AnswerKind, resolve, resolve_api
from eksclave.reach.question import ApiServer
from eksclave.reach.service_names import covered_names, doubtful_names, exists, gateway_service
from reach_world import EC2, S3, at, net, place, plain

ECR = "602401143452.dkr.ecr.eu-central-1.amazonaws.com"


def kinds(world, name, vpc="vpc"):
    return {one.kind for one in resolve(world.snapshot(), vpc, name)}


def with_vpc(world, **changes):
    world.vpcs["vpc"] = replace(world.vpcs["vpc"], **changes)
    return world


def with_dhcp(world, servers):
    world.more["dhcp_options"] = (DhcpOptions("dhcp", at("aws_vpc_dhcp_options.x"), servers),)
    return with_vpc(world, dhcp="dhcp")


def zone(name, *records, vpcs=("vpc",), **changes):
    made = tuple(ZoneRecord(text, at("record"), alias=Alias(AliasKind.ENDPOINT, "ec2")) for text in records)
    return PrivateZone("zone", at("aws_route53_zone.x"), name, vpcs, made, **changes)


def test_private_dns_answers_the_endpoints_addresses():
    assert kinds(plain(), EC2) == {AnswerKind.ENDPOINT}


def test_private_dns_off_sends_the_name_to_a_public_address_and_blames_the_endpoint():
    world = plain().endpoint("ec2", "ec2", private_dns=False)
    found = world.ask(place("a"), EC2)
    assert found.disposition == "name-goes-public" and found.stopped.origin.address == "aws_vpc_endpoint.ec2"


def test_a_missing_endpoint_goes_public():
    found = plain().ask(place("a"), "sts.eu-central-1.amazonaws.com")
    assert found.disposition == "name-goes-public" and found.packet is not None


def test_an_endpoint_in_another_vpc_does_not_answer_here():
    assert kinds(plain().vpc("hub", "10.1.0.0/16").endpoint("ec2", "ec2", vpc="hub"), EC2) == {AnswerKind.PUBLIC}


def test_without_dns_support_nothing_resolves():
    assert plain_disposition(with_vpc(plain(), dns_support=False)) == "no-resolver"


def test_without_dns_hostnames_private_names_go_public():
    world = with_vpc(plain(), dns_hostnames=False)
    assert plain_disposition(world) == "name-goes-public"
    assert world.ask(place("a"), EC2).stopped.origin.address == "aws_vpc.vpc"


def plain_disposition(world):
    return world.ask(place("a"), EC2).disposition


@pytest.mark.parametrize(
    ("servers", "disposition"),
    [
        (("AmazonProvidedDNS",), "accepted"),
        (("10.0.0.2",), "accepted"),
        (("169.254.169.253",), "accepted"),
        (("10.9.9.9",), "insufficient-info"),
        (("AmazonProvidedDNS", "10.9.9.9"), "insufficient-info"),
        ((), "no-resolver"),
        (Unknown("known after apply"), "insufficient-info"),
    ],
)
def test_who_the_dns_servers_are_decides(servers, disposition):
    assert plain_disposition(with_dhcp(plain(), servers)) == disposition


def test_a_server_that_is_the_hubs_inbound_resolver_answers_in_the_hubs_view():
    from ipaddress import IPv4Address

    world = with_dhcp(plain().vpc("hub", "10.1.0.0/16").subnet("h", "10.1.0.0/24", "hub"), ("10.1.0.53",))
    inbound = ResolverEndpoint("r", at("resolver"), True, ("h",), (), (IPv4Address("10.1.0.53"),))
    world.more["resolver_endpoints"] = (inbound,)
    assert kinds(world, EC2) == {AnswerKind.PUBLIC}
    assert kinds(world.endpoint("ec2", "ec2", vpc="hub"), EC2) == {AnswerKind.ENDPOINT}


def test_ecr_registry_names_are_answered_by_the_wildcard_and_fips_names_are_not():
    world = plain().endpoint("dkr", "ecr.dkr")
    assert kinds(world, ECR) == {AnswerKind.ENDPOINT}
    assert kinds(world, "602401143452.dkr.ecr-fips.eu-central-1.amazonaws.com") == {AnswerKind.PUBLIC}
    assert AnswerKind.UNKNOWN in kinds(world, "602401143452.dkr-ecr.eu-central-1.on.aws")


@pytest.mark.parametrize(
    ("service", "name", "kind"),
    [
        ("ecr.api", "api.ecr.eu-central-1.amazonaws.com", AnswerKind.ENDPOINT),
        ("sts", "sts.amazonaws.com", AnswerKind.PUBLIC),
        ("eks-auth", "eks-auth.eu-central-1.api.aws", AnswerKind.ENDPOINT),
        ("eks-auth", "eks-auth.eu-central-1.amazonaws.com", AnswerKind.PUBLIC),
        ("eks", "eks.eu-central-1.amazonaws.com", AnswerKind.ENDPOINT),
        ("eks", "oidc.eks.eu-central-1.amazonaws.com", AnswerKind.NXDOMAIN),
        ("eks", "abc.gr7.eu-central-1.eks.amazonaws.com", AnswerKind.PUBLIC),
        ("s3", "bucket.s3.eu-central-1.amazonaws.com", AnswerKind.ENDPOINT),
    ],
)
def test_each_endpoint_answers_its_own_names_only(service, name, kind):
    assert kinds(plain().endpoint("x", service), name) == {kind}


def test_the_oidc_endpoint_is_more_specific_than_the_eks_zone_that_shadows_it():
    world = plain().endpoint("eks-api", "eks").endpoint("oidc", "oidc-eks")
    found = resolve(world.snapshot(), "vpc", "oidc.eks.eu-central-1.amazonaws.com")
    assert [one.target for one in found] == ["oidc"]


def test_the_s3_interface_endpoint_may_serve_inbound_resolvers_only():
    world = plain().endpoint("x", "s3", dns_only_for_inbound_resolver=True)
    assert kinds(world, "bucket.s3.eu-central-1.amazonaws.com") == {AnswerKind.PUBLIC}


def test_a_private_zone_answers_alone_for_its_whole_name_space():
    world = plain().endpoint("ec2", "ec2", private_dns=False)
    world.more["private_zones"] = (zone("eu-central-1.amazonaws.com", EC2),)
    assert kinds(world, EC2) == {AnswerKind.ENDPOINT}
    assert kinds(world, "sts.eu-central-1.amazonaws.com") == {AnswerKind.NXDOMAIN}
    assert kinds(world, "sts.us-east-1.amazonaws.com") == {AnswerKind.PUBLIC}


def test_a_zone_of_another_vpc_is_not_seen():
    world = plain()
    world.more["private_zones"] = (zone("eu-central-1.amazonaws.com", vpcs=("hub",)),)
    assert kinds(world, EC2) == {AnswerKind.ENDPOINT}


def test_the_more_specific_zone_wins_over_the_endpoint_and_the_other_way_round():
    world = plain()
    world.more["private_zones"] = (zone("amazonaws.com"),)
    assert kinds(world, EC2) == {AnswerKind.ENDPOINT}
    world.more["private_zones"] = (zone("deep." + EC2),)
    assert kinds(world, "deep." + EC2) == {AnswerKind.NXDOMAIN}


def test_a_zone_whose_records_are_not_all_known_is_open():
    world = plain().endpoint("ec2", "ec2", private_dns=False)
    world.more["private_zones"] = (zone(EC2, incomplete="only read"),)
    assert kinds(world, EC2) == {AnswerKind.UNKNOWN}


def test_wildcards_answer_names_that_have_no_record_of_their_own():
    world = plain()
    world.more["private_zones"] = (zone("corp.local", "*.corp.local", "x.y.corp.local"),)
    assert kinds(world, "anything.corp.local") == {AnswerKind.ENDPOINT}
    assert kinds(world, "other.y.corp.local") == {AnswerKind.NXDOMAIN}


def test_aliases_that_go_round_in_a_circle_end():
    world = plain()
    records = tuple(
        ZoneRecord(one, at("r"), alias=Alias(AliasKind.NAME, two)) for one, two in (("a.x", "b.x"), ("b.x", "a.x"))
    )
    world.more["private_zones"] = (PrivateZone("z", at("z"), "x", ("vpc",), records),)
    assert kinds(world, "a.x") == {AnswerKind.UNKNOWN}


def test_a_forwarded_domain_is_open_and_a_system_rule_takes_it_back():
    forward = ResolverRule("f", at("f"), "amazonaws.com", "FORWARD", ("vpc",))
    world = plain()
    world.more["resolver_rules"] = (forward,)
    assert kinds(world, "sts.eu-central-1.amazonaws.com") == {AnswerKind.UNKNOWN}
    assert kinds(world, EC2) == {AnswerKind.ENDPOINT}
    system = ResolverRule("s", at("s"), "eu-central-1.amazonaws.com", "SYSTEM", ("vpc",))
    world.more["resolver_rules"] = (forward, system)
    assert kinds(world, "sts.eu-central-1.amazonaws.com") == {AnswerKind.PUBLIC}


def test_an_endpoint_whose_private_dns_is_open_leaves_the_name_open():
    assert plain_disposition(plain().endpoint("ec2", "ec2", private_dns=Unknown("x"))) == "insufficient-info"


def test_the_api_of_a_private_cluster_answers_privately_everywhere():
    world = plain().vpc("other", "10.1.0.0/16")
    for vpc in ("vpc", "other"):
        assert [one.kind for one in resolve_api(world.snapshot(), vpc, "eks")] == [AnswerKind.CLUSTER]


def test_the_api_with_public_access_answers_publicly_outside_of_its_vpc():
    world = plain().vpc("other", "10.1.0.0/16").cluster(public_access=True)
    assert [one.kind for one in resolve_api(world.snapshot(), "other", "eks")] == [AnswerKind.PUBLIC]
    assert [one.kind for one in resolve_api(world.snapshot(), "vpc", "eks")] == [AnswerKind.CLUSTER]


def test_the_api_without_private_access_is_public_for_nodes_too():
    world = plain().cluster(private_access=False, public_access=True)
    assert world.ask(place("a"), ApiServer("eks")).disposition == "name-goes-public"


def test_the_api_name_needs_both_dns_attributes_in_its_vpc():
    assert with_vpc(plain(), dns_hostnames=False).ask(place("a"), ApiServer("eks")).outcome is Outcome.FAIL
    assert with_vpc(plain(), dns_support=False).ask(place("a"), ApiServer("eks")).disposition == "no-resolver"


def test_an_endpoint_without_subnets_has_nobody_to_answer():
    assert plain_disposition(plain().endpoint("ec2", "ec2", subnets=())) == "no-endpoint-interface"


def test_every_endpoint_interface_must_be_reached_not_just_the_near_one():
    world = plain().subnet("c", "10.0.2.0/24", entries=()).endpoint("ec2", "ec2", subnets=("a", "b", "c"))
    found = world.ask(place("a"), EC2)
    assert found.disposition == "denied-by-nacl" and found.packet.destination in net("10.0.2.0/24")


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("cn.com.amazonaws.cn-north-1.ecr.api", "api.ecr.cn-north-1.amazonaws.com.cn"),
        ("com.amazonaws.us-gov-west-1.sts", "sts.us-gov-west-1.amazonaws.com"),
        ("gov.ic.c2s.us-iso-east-1.ec2", "ec2.us-iso-east-1.c2s.ic.gov"),
        ("eu.amazonaws.eusc-de-east-1.ecr.api", "api.ecr.eusc-de-east-1.amazonaws.eu"),
        ("com.amazonaws.iam", "iam.amazonaws.com"),
    ],
)
def test_services_of_every_partition_answer_their_own_names(service, name):
    assert name in (covered_names(service) or ())


@pytest.mark.parametrize(
    ("name", "service"),
    [
        (S3, ("s3", "eu-central-1")),
        ("s3.cn-north-1.amazonaws.com.cn", ("s3", "cn-north-1")),
        ("b.s3.dualstack.us-east-1.amazonaws.com", ("s3", "us-east-1")),
        ("b.s3.us-iso-east-1.c2s.ic.gov", ("s3", "us-iso-east-1")),
        ("dynamodb.us-gov-west-1.amazonaws.com", ("dynamodb", "us-gov-west-1")),
        ("nots3.eu-central-1.amazonaws.com", None),
        ("ec2.eu-central-1.amazonaws.com", None),
    ],
)
def test_names_that_gateway_endpoints_serve_are_told_from_others(name, service):
    assert gateway_service(name) == service


def test_open_dns_hostnames_leave_the_apis_name_open():
    world = with_vpc(plain(), dns_hostnames=Unknown("x"))
    assert world.ask(place("a"), ApiServer("eks")).outcome is Outcome.UNKNOWN
    assert world.ask(place("a"), EC2).outcome is Outcome.UNKNOWN


def test_the_public_apis_name_goes_public_where_its_private_zone_is_not_served():
    world = with_vpc(plain().cluster(public_access=True), dns_hostnames=False)
    assert [one.kind for one in resolve_api(world.snapshot(), "vpc", "eks")] == [AnswerKind.PUBLIC]
    closed = with_vpc(plain(), dns_hostnames=False)
    assert [one.kind for one in resolve_api(closed.snapshot(), "vpc", "eks")] == [AnswerKind.NXDOMAIN]


def test_a_rule_comes_before_a_zone_and_a_zone_before_an_endpoint_of_the_same_name():
    world = plain()
    world.more["private_zones"] = (zone(EC2),)
    assert kinds(world, EC2) == {AnswerKind.NXDOMAIN}
    world.more["resolver_rules"] = (ResolverRule("rule", at("rule"), f"{EC2}.", "FORWARD", ("vpc",)),)
    assert kinds(world, EC2) == {AnswerKind.UNKNOWN}


def test_an_endpoint_that_is_in_one_of_two_other_vpcs_does_not_answer_here():
    world = plain().endpoint("ec2", "ec2", vpc=OneOf(("hub", "far"), "a variable"))
    assert kinds(world, EC2) == {AnswerKind.PUBLIC}


def test_a_wildcard_does_not_answer_its_own_suffix_nor_names_that_merely_end_alike():
    assert zones.matches("a.dkr.ecr.x", "*.dkr.ecr.x")
    assert not zones.matches("dkr.ecr.x", "*.dkr.ecr.x")
    assert not zones.matches("adkr.ecr.x", "*.dkr.ecr.x")


@pytest.mark.parametrize(
    ("service", "there"),
    [
        ("com.amazonaws.cn-north-1.ecr.dkr", False),
        ("cn.com.amazonaws.cn-north-1.ecr.dkr", True),
        ("com.amazonaws.cn-north-1.logs", True),
        ("com.amazonaws.eu-central-1.ecr.dkr", True),
    ],
)
def test_a_service_of_china_has_no_name_with_the_common_prefix(service: str, there: bool) -> None:
    assert exists(service) is there
    assert bool(covered_names(service)) is there
    assert there or doubtful_names(service) == ()

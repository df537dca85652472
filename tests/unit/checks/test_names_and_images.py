"""DHCP options, issuers, and where images come from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.delivery import public_image, pulled_through_cache
from eksclave.checks.flows import resolver_unreachable
from eksclave.checks.names import dhcp_options_changed, issuer_hidden
from eksclave.checks.result import Advice
from eksclave.net import Protocol
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.clusters import PullThroughRule
from eksclave.reach.facts.hosts import Image
from eksclave.reach.facts.links import VpnGateway
from eksclave.reach.facts.network import DhcpOptions, Route, TargetKind
from eksclave.reach.facts.values import HOLE, Origin, Unknown

from tests.unit.checks.views import changed, facts, outcomes, said

PASS, FAIL, UNKNOWN = {Outcome.PASS}, {Outcome.FAIL}, {Outcome.UNKNOWN}
OWN = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
AT = Origin("kubernetes_deployment.x")


def with_options(servers=("AmazonProvidedDNS",), domain="", region="eu-central-1"):
    of = changed(changed(facts(), "vpcs", dhcp="dhcp", region=region), "clusters", region=region)
    return replace(of, dhcp_options=(DhcpOptions("dhcp", Origin("aws_vpc_dhcp_options.x"), servers, domain),))


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        (("AmazonProvidedDNS",), PASS),
        (("AmazonProvidedDNS", "192.168.0.53"), PASS),
        (("169.254.169.253",), PASS),
        (("10.20.0.2",), PASS),
        (("192.168.0.53",), FAIL),
        (Unknown("known after apply"), UNKNOWN),
    ],
)
def test_some_server_must_be_amazons(servers, expected):
    assert str(facts().vpcs[0].cidrs[0]) == "10.20.0.0/16"
    assert outcomes(dhcp_options_changed, with_options(servers)) == expected


@pytest.mark.parametrize(
    ("region", "domain", "expected"),
    [
        ("eu-central-1", "", PASS),
        ("eu-central-1", "eu-central-1.compute.internal", PASS),
        ("eu-central-1", "ec2.internal", FAIL),
        ("us-east-1", "ec2.internal", PASS),
        ("us-east-1", "us-east-1.compute.internal", FAIL),
        ("eu-central-1", "corp.example eu-central-1.compute.internal", PASS),
    ],
)
def test_the_domain_name_is_the_regions_own(region, domain, expected):
    assert outcomes(dhcp_options_changed, with_options(domain=domain, region=region)) == expected


@pytest.mark.parametrize("open_to", [Protocol.UDP, Protocol.TCP])
def test_dns_servers_elsewhere_are_asked_over_both_protocols(open_to):
    of = with_options(("192.168.0.53",))
    way = Route(facts().vpcs[0].cidrs[0].supernet(new_prefix=8), TargetKind.LOCAL, Origin("r"))
    way = replace(
        way, destination=type(facts().vpcs[0].cidrs[0])("192.168.0.0/16"), kind=TargetKind.VPN_GATEWAY, target="v"
    )
    of = replace(of, vpn_gateways=(VpnGateway("v", Origin("aws_vpn_gateway.x"), of.vpcs[0].key),))
    of = changed(of, "route_tables", routes=(way,))
    told = said(resolver_unreachable, of)
    assert {one.outcome for one in told} == PASS and len(told) == 2
    key = next(one.key for one in of.groups if one.made_by_eks)
    rules = tuple(replace(rule, protocol=open_to) for one in of.groups if one.key == key for rule in one.rules)
    told = said(resolver_unreachable, changed(of, "groups", key, rules=rules))
    assert [one.destination.rpartition("/")[2] for one in told if one.outcome == "pass"] == [open_to]


def test_an_issuer_that_an_endpoint_answers_needs_no_advice():
    hides = said(issuer_hidden, facts(), [Feature.READS_ISSUER])
    assert [type(one) for one in hides] == [Advice] and "hides oidc.eks" in hides[0].text
    (eks,) = (one for one in facts().endpoints if one.key.endswith('["eks"]'))
    service = "com.amazonaws.eu-central-1.oidc-eks"
    there = replace(facts(), endpoints=(*facts().endpoints, replace(eks, key="oidc", service=service)))
    assert said(issuer_hidden, there, [Feature.READS_ISSUER]) == []
    assert said(issuer_hidden, changed(facts(), "endpoints", private_dns=False), [Feature.READS_ISSUER]) == []


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (f"{OWN}/app:1", PASS),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1", FAIL),
        (f"{HOLE}.dkr.ecr.eu-central-1.amazonaws.com/app:1", PASS),
        (f"{HOLE}.dkr.ecr.us-east-1.amazonaws.com/app:1", FAIL),
        ("602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1", PASS),
        ("800184023465.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1", FAIL),
        ("nginx", FAIL),
        ("library/nginx:1", FAIL),
        (f"nginx:{HOLE}", FAIL),
        ("public.ecr.aws/eks/x:1", FAIL),
        ("registry.example.com/app:1", UNKNOWN),
    ],
)
def test_an_image_comes_from_ecr_of_this_region(reference, expected):
    of = replace(facts(), images=(Image(reference, AT, facts().clusters[0].key),))
    assert outcomes(public_image, of) == expected


@pytest.mark.parametrize("reference", [f"{HOLE}/app:1", f"{HOLE}:1", HOLE, Unknown("x")])
def test_a_registry_that_is_known_after_apply_is_an_assumption(reference):
    of = replace(facts(), images=(Image(reference, AT, facts().clusters[0].key),))
    (told,) = said(public_image, of)
    assert told.outcome is Outcome.PASS
    assert f"what {AT.address} will name after apply is a private ECR of this Region" in told.assumptions


@pytest.mark.parametrize(
    ("path", "expected"), [("docker-hub/library/nginx", FAIL), ("docker-hub-copies/nginx", PASS), ("app", PASS)]
)
def test_a_cache_takes_what_is_below_its_prefix(path, expected):
    rule = PullThroughRule("p", Origin("aws_ecr_pull_through_cache_rule.x"), "docker-hub", "registry-1.docker.io")
    image = Image(f"{OWN}/{path}:1", AT, facts().clusters[0].key)
    assert outcomes(pulled_through_cache, replace(facts(), images=(image,), pull_through_rules=(rule,))) == expected

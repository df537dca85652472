"""Tags, zones and sizes: where exactly a subnet or group stops being fit."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.cluster import imds_hop_limit
from eksclave.checks.delivery import cluster_tag_ambiguous, subnets_not_discovered
from eksclave.checks.endpoints import endpoint_zones_unfit
from eksclave.checks.routing import cluster_subnets_unfit, ranges_overlap
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.endpoints import EndpointKind
from eksclave.reach.facts.values import OneOf

from tests.unit.checks.views import changed, facts, outcomes, said

LBC = [Feature.LOAD_BALANCER_CONTROLLER]
ROLE = ("kubernetes.io/role/internal-elb", "1")
PASS, FAIL, UNKNOWN = {Outcome.PASS}, {Outcome.FAIL}, {Outcome.UNKNOWN}


def tagged(*tags, cidr="10.20.0.0/24", zones=("a", "b")):
    of = changed(facts(), "subnets", tags=tags, cidr=IPv4Network(cidr), tags_incomplete="")
    for key, zone in zip(("aws_subnet.a", "aws_subnet.b", "aws_subnet.c"), (*zones, zones[-1]), strict=False):
        of = changed(of, "subnets", key, zone=zone)
    return of


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (tagged(ROLE), PASS),
        (tagged((ROLE[0], "")), PASS),
        (tagged((ROLE[0], "true")), FAIL),
        (tagged(), FAIL),
        (tagged(ROLE, zones=("a", "a")), FAIL),
        (tagged(ROLE, cidr="10.20.0.0/28"), PASS),
        (tagged(ROLE, cidr="10.20.0.0/29"), FAIL),
        (tagged(ROLE, ("kubernetes.io/cluster/other", "shared")), FAIL),
        (tagged(ROLE, ("kubernetes.io/cluster/other", "shared"), ("kubernetes.io/cluster/flat", "shared")), PASS),
    ],
)
def test_subnets_are_found_by_role_tag_cluster_tag_zones_and_room(of, expected):
    of = changed(of, "clusters", name="flat")
    assert outcomes(subnets_not_discovered, of, LBC) == expected


def test_one_of_the_nodes_groups_must_carry_the_clusters_tag_where_there_are_several():
    groups = ("aws_security_group.bastion", "aws_security_group.endpoints")
    bare = changed(changed(facts(), "groups", tags=()), "node_groups", groups=groups)
    assert outcomes(cluster_tag_ambiguous, bare, LBC) == FAIL
    assert outcomes(cluster_tag_ambiguous, changed(bare, "node_groups", groups=groups[:1]), LBC) == PASS
    assert outcomes(cluster_tag_ambiguous, changed(bare, "groups", tags_incomplete="only read"), LBC) == PASS
    tag = (f"kubernetes.io/cluster/{bare.clusters[0].name}", "owned")
    one = changed(bare, "groups", "bastion", tags=(tag,))
    assert outcomes(cluster_tag_ambiguous, one, LBC) == PASS
    assert outcomes(cluster_tag_ambiguous, changed(one, "groups", "endpoints", tags=(tag,)), LBC) == FAIL


@pytest.mark.parametrize(
    ("limit", "expected"), [(1, FAIL), (2, PASS), (64, PASS), (OneOf((1, 2), "a variable"), UNKNOWN)]
)
def test_pods_need_two_hops_to_the_metadata_service(limit, expected):
    of = changed(facts(), "node_groups", hop_limit=limit)
    assert outcomes(imds_hop_limit, of, [Feature.PODS_READ_IMDS]) == expected


def test_an_interface_endpoint_needs_a_subnet_one_a_zone_that_its_service_supports():
    assert outcomes(endpoint_zones_unfit, facts()) == PASS
    none = said(endpoint_zones_unfit, changed(facts(), "endpoints", '"ec2"', subnets=()))
    assert [one.reason for one in none] == ["the endpoint has no subnet, so no interface"]
    together = changed(facts(), "subnets", zone="eu-central-1a")
    assert outcomes(endpoint_zones_unfit, together) == FAIL


def test_only_some_services_have_gateway_endpoints():
    odd = changed(facts(), "endpoints", '"ecr.api"', kind=EndpointKind.GATEWAY, subnets=())
    assert [one.reason for one in said(endpoint_zones_unfit, odd)] == ["AWS offers no gateway endpoint for api"]
    dynamodb = "com.amazonaws.eu-central-1.dynamodb"
    fine = changed(facts(), "endpoints", '"logs"', kind=EndpointKind.GATEWAY, subnets=(), service=dynamodb)
    assert outcomes(endpoint_zones_unfit, fine) == PASS


@pytest.mark.parametrize(
    ("zone", "cidr", "expected"),
    [
        ("use1-az1", "10.20.0.0/28", PASS),
        ("use1-az3", "10.20.0.0/24", FAIL),
        ("use1-az1", "10.20.0.0/29", FAIL),
    ],
)
def test_the_control_plane_needs_room_and_zones_that_eks_takes(zone, cidr, expected):
    of = changed(facts(), "subnets", "aws_subnet.a", zone=zone, cidr=IPv4Network(cidr))
    assert outcomes(cluster_subnets_unfit, of) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [("10.20.0.0/24", FAIL), ("10.0.0.0/8", FAIL), ("172.20.0.0/16", PASS), ("10.21.0.0/16", PASS)],
)
def test_the_service_range_is_apart_from_the_vpcs(service, expected):
    of = changed(changed(facts(), "vpcs", cidrs=(IPv4Network("10.20.0.0/16"),)), "clusters", service_cidr=None)
    assert outcomes(ranges_overlap, of) == PASS
    assert outcomes(ranges_overlap, changed(of, "clusters", service_cidr=IPv4Network(service))) == expected

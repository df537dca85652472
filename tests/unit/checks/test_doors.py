"""Ways in: load balancers, their ports and clients, file systems, resolvers for other networks, open doors."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.cluster import api_not_private
from eksclave.checks.edge import efs_blocked, remote_names_public, targets_blocked
from eksclave.checks.features import view_of
from eksclave.checks.operators import let_in, operator_networks
from eksclave.checks.public import open_ingress, public_address
from eksclave.net import PortRange, Protocol
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.dns import ResolverEndpoint
from eksclave.reach.facts.groups import GroupRef, GroupRule, Placement, SecurityGroup
from eksclave.reach.facts.hosts import Listener, LoadBalancer, MountTarget
from eksclave.reach.facts.links import VpnGateway
from eksclave.reach.facts.network import Route, TargetKind
from eksclave.reach.facts.values import Origin

from tests.unit.checks.views import changed, facts, outcomes, said

OFFICE = IPv4Network("192.168.0.0/16")
EVERYONE = IPv4Network("0.0.0.0/0")
AT = Origin("aws_security_group_rule.made")
PLANE = "cluster-security-group"
SUBNETS = ("aws_subnet.a", "aws_subnet.b")


def ruled(of, only, *rules):
    (group,) = (one for one in of.groups if only in one.key)
    return changed(of, "groups", only, rules=(*group.rules, *rules))


def into(peer, first, last=0, protocol="tcp", egress=False):
    return GroupRule(egress, protocol, peer, AT, PortRange(first, last or first))


def balanced(*listeners, kind="application", internal=True, opened=()):
    """The flat cluster behind one load balancer, whose group the nodes' group lets into these ports."""
    of = facts()
    vpc = of.vpcs[0].key
    out = (GroupRule(True, "all", EVERYONE, AT), into(OFFICE, 443))
    group = SecurityGroup("lb", Origin("aws_security_group.lb"), vpc, out)
    one = LoadBalancer("aws_lb.x", Origin("aws_lb.x"), Placement(SUBNETS, ("lb",), Origin("aws_lb.x")), kind, internal)
    tag = (f"kubernetes.io/cluster/{of.clusters[0].name}", "owned")
    of = replace(of, groups=(*of.groups, group), load_balancers=(replace(one, listeners=listeners, tags=(tag,)),))
    return ruled(of, PLANE, *(into(GroupRef("lb"), *ports) for ports in opened))


def from_office(of):
    """A VPN leads to the office, and the API lets it in."""
    way = Route(OFFICE, TargetKind.VPN_GATEWAY, Origin("aws_route.office"), "vgw")
    tables = tuple(replace(one, routes=(*one.routes, way)) for one in of.route_tables)
    vgw = VpnGateway("vgw", Origin("aws_vpn_gateway.x"), of.vpcs[0].key)
    return ruled(replace(of, route_tables=tables, vpn_gateways=(vgw,)), PLANE, into(OFFICE, 443))


def failed(of, id):
    return {one.destination.rpartition(" on ")[2] for one in said(targets_blocked, of, id=id) if one.outcome == "fail"}


def test_targets_by_instance_need_every_node_port():
    listener = Listener(443, "HTTPS")
    assert outcomes(targets_blocked, balanced(listener, opened=[(30000, 32767)]), id="E3") == {Outcome.PASS}
    assert failed(balanced(listener, opened=[(30000, 32766)]), "E3") == {"30000-32767/tcp"}


def test_targets_by_address_need_their_own_port_and_that_of_the_health_check():
    listener = Listener(443, "HTTPS", 8080, 9090, "ip")
    assert failed(balanced(listener, opened=[(8080,)]), "E2") == {"9090/tcp"}
    assert failed(balanced(listener, opened=[(9090,)]), "E2") == {"8080/tcp"}
    assert failed(balanced(listener, opened=[(8080,), (9090,)]), "E2") == set()


def test_a_load_balancer_that_stands_before_something_else_is_not_asked():
    of = changed(balanced(Listener(443, "HTTPS", 8080, None, "ip")), "load_balancers", tags=())
    assert said(targets_blocked, of) == []


def test_clients_reach_targets_themselves_where_their_address_is_kept():
    kept = Listener(443, "TCP", 8080, None, "ip", preserve_client_ip=True)
    of = from_office(balanced(kept, kind="network", opened=[(8080,)]))
    assert failed(of, "E4") == {"8080/tcp"}
    assert failed(ruled(of, PLANE, into(OFFICE, 8080)), "E4") == set()
    hidden = from_office(balanced(replace(kept, preserve_client_ip=False), kind="network", opened=[(8080,)]))
    assert said(targets_blocked, hidden, id="E4") == []
    assert outcomes(targets_blocked, hidden, id="E1") == {Outcome.PASS}
    assert failed(changed(hidden, "groups", "lb", rules=()), "E1") == {"443/tcp"}


def test_nodes_reach_the_file_system_on_2049():
    of = facts()
    place = Placement(("aws_subnet.a",), ("efs",), Origin("aws_efs_mount_target.x"))
    target = MountTarget("aws_efs_mount_target.x", Origin("aws_efs_mount_target.x"), place)
    for port, outcome in ((2049, Outcome.PASS), (2048, Outcome.FAIL)):
        group = SecurityGroup("efs", Origin("aws_security_group.efs"), of.vpcs[0].key, (into(EVERYONE, port),))
        seen = replace(of, groups=(*of.groups, group), mount_targets=(target,))
        assert outcomes(efs_blocked, seen, [Feature.EFS_CSI]) == {outcome}


@pytest.mark.parametrize("protocol", [Protocol.UDP, Protocol.TCP])
def test_other_networks_ask_the_inbound_resolver_over_both_protocols(protocol):
    of = from_office(facts())
    made = Origin("aws_route53_resolver_endpoint.x")
    resolver = ResolverEndpoint("r", made, True, SUBNETS, ("dns",), vpc=of.vpcs[0].key)
    rules = [into(OFFICE, 53, protocol=each) for each in (Protocol.UDP, Protocol.TCP) if each is not protocol]
    group = SecurityGroup("dns", Origin("aws_security_group.dns"), of.vpcs[0].key, tuple(rules))
    of = replace(of, resolver_endpoints=(resolver,), groups=(*of.groups, group))
    told = said(remote_names_public, of, [Feature.REMOTE_DNS], "D9")
    assert [one.destination for one in told if one.outcome == "fail"] == [f"resolver {made.address} on 53/{protocol}"]


def test_operators_are_those_whom_the_api_lets_into_443():
    def found(rule):
        view = view_of(of := ruled(facts(), PLANE, rule), of.clusters[0])
        return set(let_in(view))

    assert found(into(OFFICE, 443)) == {OFFICE}
    assert found(into(OFFICE, 400, 500)) == {OFFICE}
    assert found(into(OFFICE, 80)) == set()
    assert found(into(OFFICE, 443, egress=True)) == set()
    assert found(into(EVERYONE, 443)) == set()


def test_a_range_of_the_vpc_itself_is_nobody_elses():
    own = facts().vpcs[0].cidrs[0]
    of = ruled(facts(), PLANE, into(own, 443), into(OFFICE, 443))
    assert operator_networks(view_of(of, of.clusters[0])) == (OFFICE,)


@pytest.mark.parametrize("group", [PLANE, "endpoints", "bastion"])
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (into(EVERYONE, 443), Outcome.FAIL),
        (into(IPv6Network("::/0"), 443), Outcome.FAIL),
        (into(EVERYONE, 443, egress=True), Outcome.PASS),
        (into(IPv4Network("10.0.0.0/8"), 443), Outcome.PASS),
    ],
)
def test_no_group_of_the_cluster_lets_in_everyone(group, rule, expected):
    assert outcomes(open_ingress, ruled(facts(), group, rule)) == {expected}


@pytest.mark.parametrize(
    ("private", "public", "wrong"),
    [
        (True, False, []),
        (True, True, ["endpoint_public_access is true"]),
        (False, True, ["endpoint_private_access is false", "endpoint_public_access is true"]),
    ],
)
def test_both_flags_of_the_api_are_asked(private, public, wrong):
    of = changed(facts(), "clusters", private_access=private, public_access=public)
    assert [one.reason for one in said(api_not_private, of) if one.outcome is Outcome.FAIL] == wrong


def test_load_balancers_are_internal_and_subnets_give_no_public_addresses():
    listener = Listener(443, "HTTPS")
    assert outcomes(public_address, balanced(listener)) == {Outcome.PASS}
    assert outcomes(public_address, balanced(listener, internal=False)) == {Outcome.FAIL}
    assert outcomes(public_address, changed(facts(), "subnets", "aws_subnet.b", map_public_ip=True)) == {Outcome.FAIL}
    assert outcomes(public_address, changed(facts(), "node_groups", public_ip=True)) == {Outcome.FAIL}

"""Pods with IPv6 addresses pass by the rules that hold for IPv6, and by no others."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

import pytest
from eksclave.checks.ipv6 import INSIDE, OF_PODS
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Nacl
from eksclave.reach.facts.values import Unknown

from tests.unit.checks.views import changed, facts

SIX = IPv6Network("::/0")


def six(subnets=True, family="ipv6", cidr=SIX, **entry):
    """The flat cluster with IPv6 pods, whose network ACLs let IPv6 pass as they do IPv4."""
    of = changed(changed(facts(), "clusters", ip_family=family), "subnets", ipv6=subnets)
    acls: list[Nacl] = []
    for acl in of.nacls:
        four = [one for one in acl.entries if isinstance(one.cidr, IPv4Network)]
        beside = [replace(one, number=one.number + 1, cidr=cidr, **entry) for one in four]
        acls.append(replace(acl, entries=(*four, *beside)))
    return replace(of, nacls=tuple(acls))


def undecided(of):
    told = [one for one in prove(of).results if one.requirement != "R6"]  # the flat cluster's CNI policy is for IPv4
    assert not any(one.outcome is Outcome.FAIL for one in told)
    return {one.requirement: one for one in told if one.outcome is Outcome.UNKNOWN}


def test_groups_mean_both_families_and_acls_let_everyone_pass():
    assert undecided(six()) == {}
    said = [one for one in prove(six()).results if one.requirement in INSIDE]
    assert said and all(any("IPv6" in text for text in one.assumptions) for one in said)
    assert not any("IPv6" in text for one in prove(facts()).results for text in one.assumptions)


@pytest.mark.parametrize(
    "of",
    [
        six(subnets=False),
        six(cidr=IPv4Network("10.0.0.0/8")),
        six(cidr=IPv6Network("2001:db8::/56")),
        six(cidr=Unknown("known after apply")),
        six(allow=False),
        six(protocol="udp"),
    ],
)
def test_what_is_not_surely_let_in_over_ipv6_is_open_and_said_where(of):
    found = undecided(of)
    assert "C2" in found and set(found) <= OF_PODS
    assert found["C2"].reason.startswith("the cluster's pods have IPv6 addresses, and ")
    assert "aws_" in found["C2"].reason


def test_rules_of_groups_for_ipv4_ranges_do_not_count():
    of = six()
    (group,) = (one for one in of.groups if one.made_by_eks)
    ranges = tuple(rule for rule in group.rules if rule.egress)
    vpc = replace(ranges[0], egress=False, peer=of.vpcs[0].cidrs[0])
    four = changed(of, "groups", group.key, rules=(*ranges, vpc))
    assert "C10" in undecided(four)
    both = changed(of, "groups", group.key, rules=(*ranges, vpc, replace(vpc, peer=SIX)))
    assert {one.requirement for one in prove(both).results if one.outcome is not Outcome.PASS} == {"P4", "R6"}


def test_a_family_that_is_not_known_must_pass_over_both():
    assert undecided(six(family=Unknown("x"))) == {}
    assert "C2" in undecided(six(family=Unknown("x"), subnets=False))

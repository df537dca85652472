"""A fact that a condition rests on, hidden by itself, makes that condition unknown: never a pass, never a fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from eksclave.catalog.features import find_feature
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.reach.facts.groups import GroupRule
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.snapshot import Snapshot
from eksclave.terraform.read import read_documents

TESTS = Path(__file__).parents[2]
HIDDEN = Unknown("hidden")


@lru_cache
def world(folder: str) -> Snapshot:
    return snapshot(read_documents([("plan", orjson.loads((TESTS / folder / "plan.json").read_bytes()))]))


def hide(noun: str, **parts: Any) -> Callable[[Snapshot], Snapshot]:
    """Return what changes parts of all things of a noun."""
    return lambda of: replace(of, **{noun: tuple(replace(one, **parts) for one in getattr(of, noun))})


def unclear_rule(of: Snapshot) -> Snapshot:
    rules = [(one, GroupRule(False, "tcp", HIDDEN, one.origin)) for one in of.groups]
    return replace(of, groups=tuple(replace(one, rules=(*one.rules, rule)) for one, rule in rules))


def unclear_main_table(of: Snapshot) -> Snapshot:
    return hide("vpcs", main_route_table=HIDDEN)(hide("subnets", route_table=None)(of))


FLAT, SELF = "corpus/flat", "checks/worlds/selfmanaged"
CASES = {
    "tables": ("P1", FLAT, hide("subnets", route_table=HIDDEN)),
    "tables, NAT": ("P2", FLAT, hide("subnets", route_table=HIDDEN)),
    "routes": ("P1", FLAT, hide("route_tables", incomplete="hidden")),
    "main table": ("P1", FLAT, unclear_main_table),
    "public addresses": ("P3", FLAT, hide("subnets", map_public_ip=HIDDEN)),
    "rules": ("P4", FLAT, hide("groups", incomplete="hidden")),
    "peers of rules": ("P4", FLAT, unclear_rule),
    "groups": ("P4", FLAT, hide("endpoints", groups=HIDDEN)),
    "metadata": ("L1", FLAT, hide("node_groups", metadata=HIDDEN)),
    "worker role": ("R6", FLAT, hide("node_groups", role=HIDDEN)),
    "either role": ("R6", FLAT, hide("node_groups", role=OneOf(("aws_iam_role.node", "aws_iam_role.bastion"), "x"))),
    "policies": ("R6", FLAT, hide("roles", managed=(HIDDEN,))),
    "boundary": ("R6", FLAT, hide("roles", boundary=HIDDEN)),
    "admission": ("R7", SELF, hide("access_entries", principal=HIDDEN)),
    "role to admit": ("R7", SELF, hide("node_groups", role=HIDDEN)),
    "subnets of endpoints": ("R15", FLAT, hide("endpoints", subnets=HIDDEN)),
    "either endpoint subnets": ("R15", FLAT, hide("endpoints", subnets=OneOf((("aws_subnet.a",), ()), "x"))),
    "service range": ("C15", FLAT, hide("clusters", service_cidr=HIDDEN)),
    "Auto Mode": ("C1", FLAT, hide("clusters", auto_mode=HIDDEN)),
    "clusters": ("C1", "corpus/twins", hide("node_groups", cluster=HIDDEN)),
    "endpoint policy": ("N2", FLAT, hide("endpoints", policy=HIDDEN)),
    "session role": ("B2", FLAT, hide("instances", role=HIDDEN)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hidden_fact_makes_its_condition_unknown(name: str) -> None:
    id, folder, hidden = CASES[name]
    found = prove(hidden(world(folder)))
    outcomes = {one.outcome for one in found.results if one.requirement == id}
    assert Outcome.UNKNOWN in outcomes
    assert Outcome.FAIL not in outcomes
    assert found.verdict is not Outcome.PASS


def test_the_hop_limit_of_a_template_that_is_not_known_is_open() -> None:
    hidden = hide("node_groups", hop_limit=HIDDEN)(world("corpus/karpenter"))
    found = prove(hidden, [find_feature("pods-read-imds")])
    assert {one.outcome for one in found.results if one.requirement == "L2"} == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("ranges", "outcome"),
    [(("0.0.0.0/1", "128.0.0.0/1"), Outcome.FAIL), (("0.0.0.0/1", "10.0.0.0/8"), Outcome.PASS)],
)
def test_halves_that_are_everyone_together_let_in_everyone(ranges: tuple[str, ...], outcome: Outcome) -> None:
    from ipaddress import IPv4Network

    of = world(FLAT)
    groups = tuple(
        replace(one, rules=(*one.rules, *(GroupRule(False, "tcp", IPv4Network(cidr), one.origin) for cidr in ranges)))
        if one.key == "aws_security_group.endpoints"
        else one
        for one in of.groups
    )
    found = prove(replace(of, groups=groups))
    assert {one.outcome for one in found.results if one.requirement == "P4"} == {outcome}


def test_every_gateway_on_the_way_is_asked_for_its_policy() -> None:
    """Two tables with a gateway endpoint each: the strict policy of the second one counts, too."""
    of = world("corpus/inline")
    (gateway,) = (one for one in of.endpoints if one.kind == "Gateway")
    tables: Any = gateway.route_tables
    assert len(tables) > 1
    open_one = replace(gateway, policy=None, route_tables=tables[:1])
    strict = replace(gateway, key="z", route_tables=tables[1:], policy=replace(gateway.policy, statements=()))
    others = tuple(one for one in of.endpoints if one is not gateway)
    found = prove(replace(of, endpoints=(*others, open_one, strict)))
    assert Outcome.FAIL in {one.outcome for one in found.results if one.requirement == "N4"}


def test_readings_that_aws_takes_either_way_pass() -> None:
    either = hide("endpoints", subnets=OneOf((("aws_subnet.a",), ("aws_subnet.a", "aws_subnet.b")), "x"))
    (found,) = [one for one in prove(either(world(FLAT))).results if one.requirement == "R15"]
    assert found.outcome is Outcome.PASS


def test_readings_that_aws_refuses_either_way_fail() -> None:
    moved = hide("subnets", zone="eu-central-1a")(world(FLAT))
    twice = ("aws_subnet.a", "aws_subnet.b")
    either = hide("endpoints", subnets=OneOf((twice, ()), "x"))
    assert {one.outcome for one in prove(either(moved)).results if one.requirement == "R15"} == {Outcome.FAIL}

"""Where the VPC CNI add-on's own configuration puts pods."""

from __future__ import annotations

import json
from dataclasses import replace

from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.reach.build.custom_networking import ELSEWHERE
from eksclave.terraform.read import read_documents
from eksclave.terraform.values import Unknown

from tests.checks.conftest import plan_of

ADDON = "aws_eks_addon.vpc_cni"
REFERS = ["aws_subnet.c", "aws_security_group.endpoints.id", "aws_security_group.endpoints"]
SWITCH = {"env": {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}}


def _refer(names: list[str]) -> list[dict]:
    return [{"refer": ADDON, "attribute": "configuration_values", "to": names}]


def _written(settings: dict) -> list[dict]:
    return [{"set": ADDON, "values": {"configuration_values": json.dumps(settings)}}]


def test_an_unknown_configuration_that_names_subnets_puts_pods_there(facts, case):
    (config,) = facts("flat", _refer(REFERS)).eni_configs
    assert config.subnets == ("aws_subnet.c",) and config.groups == ("aws_security_group.endpoints",)
    asked = [one for one in case("flat", _refer(REFERS)).results if one.requirement == "C10"]
    failed = [one for one in asked if one.outcome is Outcome.FAIL]
    assert failed and all(one.stopped_at[0].address == "aws_security_group.endpoints" for one in failed)


def test_several_groups_in_it_are_a_choice(facts):
    more = [*REFERS, "aws_security_group.bastion.id", "aws_security_group.bastion"]
    (config,) = facts("flat", _refer(more)).eni_configs
    assert len(config.groups.candidates) == 3


def test_a_configuration_that_names_none_is_an_assumption(facts):
    found = facts("flat", _refer(["local.settings"]))
    assert found.eni_configs == ()
    assert [text for address, _, text in found.assumed if address == ADDON and "nodes' subnets" in text]


def test_a_written_configuration_is_read_zone_by_zone(facts):
    zones = {"eu-central-1a": {"id": "subnet-0a", "securityGroups": ["sg-0a"]}, "eu-central-1b": {"id": "subnet-0b"}}
    found = facts("flat", _written({**SWITCH, "eniConfig": {"create": True, "subnets": zones}})).eni_configs
    assert [(one.subnets, one.groups) for one in found] == [(("subnet-0a",), ("sg-0a",)), (("subnet-0b",), ())]


def test_pods_that_are_elsewhere_are_not_proved_on_their_nodes(facts, case):
    assert facts("flat", _written({"env": {"WARM_ENI_TARGET": "1"}})).eni_configs == ()
    answer = case("flat", _written(SWITCH))
    assert answer.verdict is Outcome.UNKNOWN
    assert any("custom networking is on" in one.reason for one in answer.results)


def _inside_a_module(*waits: str):
    """Return facts with the add-on in a module, whose caller wrote its configuration."""
    world = read_documents([("flat", plan_of("flat"))])
    found = dict(world.resources)
    hidden = {**found[ADDON].values, "configuration_values": Unknown("the plan does not keep it")}
    found[ADDON] = replace(found[ADDON], module="module.eks", values=hidden, waits_for=waits)
    return snapshot(replace(world, resources=found))


def test_a_group_alone_that_a_caller_hands_in_leaves_the_pods_subnets_open():
    (config,) = _inside_a_module("aws_security_group.endpoints").eni_configs
    assert config.subnets == ELSEWHERE and config.groups == ("aws_security_group.endpoints",)
    assert _inside_a_module().eni_configs == ()


def test_of_several_subnets_in_one_zone_any_may_have_the_pods():
    (config,) = _inside_a_module("aws_subnet.a", "aws_subnet.b").eni_configs
    assert config.subnets == ("aws_subnet.a", "aws_subnet.b")
    world = read_documents([("flat", plan_of("flat"))])
    again = replace(world.resources["aws_subnet.a"], address="aws_subnet.a2")
    hidden = {**world.resources[ADDON].values, "configuration_values": Unknown("not kept")}
    addon = replace(world.resources[ADDON], values=hidden, waits_for=("aws_subnet.a", "aws_subnet.a2"))
    (either,) = snapshot(
        replace(world, resources={**world.resources, ADDON: addon, "aws_subnet.a2": again})
    ).eni_configs
    assert either.subnets.candidates == (("aws_subnet.a", "aws_subnet.a2"), ("aws_subnet.a",), ("aws_subnet.a2",))

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


NOISE = ("aws_security_group.bastion", "aws_vpc.main")


def _inside_a_module(waits: tuple[str, ...]):
    """Return facts with the add-on in a module, whose own depends_on is NOISE and whose caller writes the rest."""
    world = read_documents([("flat", plan_of("flat"))])
    found, cluster = dict(world.resources), world.of("aws_eks_cluster")[0].address
    hidden = {**found[ADDON].values, "configuration_values": Unknown("the plan does not keep it")}
    found[ADDON] = replace(found[ADDON], module="module.eks", values=hidden, waits_for=(*NOISE, cluster, *waits))
    found[cluster] = replace(found[cluster], module="module.eks", waits_for=(*NOISE, "aws_subnet.a"))
    return snapshot(replace(world, resources=found))


def test_what_only_the_addon_of_a_module_waits_for_is_where_its_configuration_puts_pods():
    found = _inside_a_module(("aws_subnet.c", "aws_security_group.endpoints"))
    (config,) = found.eni_configs
    assert config.subnets == ("aws_subnet.c",) and config.groups == ("aws_security_group.endpoints",)
    assert [text for address, _, text in found.assumed if address == ADDON and "puts the pods into" in text]


def test_a_group_alone_leaves_the_pods_subnets_open():
    (config,) = _inside_a_module(("aws_security_group.endpoints",)).eni_configs
    assert config.subnets == ELSEWHERE and config.groups == ("aws_security_group.endpoints",)


def test_what_all_of_the_module_waits_for_puts_pods_nowhere():
    assert _inside_a_module(()).eni_configs == ()

"""Node groups in modules from a registry or a repository, whose depends_on nobody can edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.checks.delivery import node_group_too_early
from eksclave.checks.features import view_of
from eksclave.checks.ordering import OF_OTHERS
from eksclave.reach.answer import Outcome
from eksclave.terraform.instances import instances_of
from eksclave.terraform.scope import build_tree

from tests.unit.checks.views import changed, facts, said

CLUSTER = facts().clusters[0].key
DOOR = 'aws_vpc_endpoint.interface["ec2"]'


def alone(foreign=True, slow=()):
    of = changed(facts(), "node_groups", waits_for=(CLUSTER,), foreign=foreign)
    return replace(of, slow_waits=(*of.slow_waits, *slow))


def test_endpoints_that_start_beside_the_cluster_are_in_time_as_is_said():
    (told,) = said(node_group_too_early, alone())
    assert told.outcome is Outcome.PASS and OF_OTHERS in told.assumptions


def test_a_group_that_can_be_told_to_wait_must_wait():
    assert {one.outcome for one in said(node_group_too_early, alone(foreign=False))} == {Outcome.FAIL}


def test_an_endpoint_that_waits_for_the_cluster_comes_too_late():
    (told,) = said(node_group_too_early, alone(slow=((DOOR, (CLUSTER,)),)))
    assert told.outcome is Outcome.FAIL
    assert [stop.address for stop in told.stopped_at][1:] == [DOOR]


def test_beside_a_cluster_that_stands_endpoints_must_come_first():
    of = alone()
    view = view_of(of, of.clusters[0], (), frozenset({CLUSTER}))
    assert {one.outcome for one in node_group_too_early.ask(view, ())} == {Outcome.FAIL}


@pytest.mark.parametrize(
    ("source", "foreign"),
    [
        ("./modules/eks", False),
        ("../eks", False),
        ("terraform-aws-modules/eks/aws", True),
        ("git::https://example.com/eks.git?ref=v1", True),
        ("github.com/acme/eks", True),
    ],
)
def test_a_module_below_one_of_others_is_of_others_too(source, foreign):
    inner = {"source": "./modules/group", "module": {}}
    call = {"source": source, "module": {"module_calls": {"group": inner}}}
    address = 'module.eks.module.group["a"].aws_eks_node_group.this[0]'
    change = {"address": address, "module_address": 'module.eks.module.group["a"]', "mode": "managed"}
    change |= {"type": "aws_eks_node_group", "name": "this", "index": 0, "provider_name": "aws"}
    plan = {"resource_changes": [{**change, "change": {"actions": ["create"], "after": {}, "after_unknown": {}}}]}
    found = list(instances_of(plan))
    build_tree({"root_module": {"module_calls": {"eks": call}}}, found)
    assert [one.scope.foreign for one in found] == [foreign]

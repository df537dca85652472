"""Auto Scaling groups whose launch template stands in a dynamic block, which plan JSON leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents
from eksclave.terraform.values import Ref, Unknown

from tests.checks.conftest import plan_of

GROUP, TEMPLATE = "aws_autoscaling_group.n", "aws_launch_template.n"
HIDDEN = {"launch_template": [{"id": Unknown("known after apply"), "name": Unknown("known after apply")}]}


def read(values, others=()):
    world = read_documents([("self", plan_of("selfmanaged"))])
    found = dict(world.resources)
    kept = {name: value for name, value in found[GROUP].values.items() if name not in ("tag", "tags")}
    found[GROUP] = replace(found[GROUP], values={**kept, **values}, waits_for=())
    text = {**found[TEMPLATE].values, "user_data": Unknown("known after apply")}
    found[TEMPLATE] = replace(found[TEMPLATE], values=text)
    for name, module in others:
        found[name] = replace(found[TEMPLATE], address=name, module=module)
    return snapshot(replace(world, resources=found))


@pytest.mark.parametrize("values", [HIDDEN, {"launch_template": Ref(GROUP, ("launch_template",))}])
def test_the_only_template_of_its_module_is_taken_and_said(values):
    found = read(values, [("module.x.aws_launch_template.n", "module.x")])
    (nodes,) = [one for one in found.node_groups if one.key == GROUP]
    assert nodes.cluster == "aws_eks_cluster.c" and nodes.role == "aws_iam_role.node"
    assert "aws_iam_instance_profile.node" in nodes.waits_for
    assert [text for address, _, text in found.assumed if address == GROUP and TEMPLATE in text]


def test_a_group_that_nothing_is_known_of_is_never_left_out_silently():
    found = read(HIDDEN, [("aws_launch_template.other", "")])
    assert [one.key for one in found.node_groups] == []
    assert [address for address, _ in found.unread] == [GROUP]


def test_a_template_from_outside_is_not_another_one():
    found = read({"launch_template": [{"id": "lt-0123456789abcdef0"}]})
    assert not [text for _, _, text in found.assumed if TEMPLATE in text]

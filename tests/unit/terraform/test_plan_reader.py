"""Real plans: what is known only after apply leads back to what sets it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from eksclave.terraform.model import World
from eksclave.terraform.read import read_documents
from eksclave.terraform.values import AnyOf, Ref, Sensitive, Unknown

CORPUS = Path(__file__).parents[2] / "corpus"


def plan(name: str) -> dict[str, Any]:
    return orjson.loads((CORPUS / name / "plan.json").read_bytes())


def read(name: str) -> World:
    return read_documents([(name, plan(name))])


@pytest.fixture(scope="module")
def modules() -> World:
    return read("modules")


def test_a_local_behind_try_leads_to_the_vpc(modules: World) -> None:
    subnet = modules.resources["module.network.aws_subnet.private[1]"]
    assert subnet.get("vpc_id") == Ref("module.network.aws_vpc.this[0]", ("id",))


def test_what_was_assumed_about_a_local_is_noted(modules: World) -> None:
    notes = [note.text for note in modules.notes_on("module.network.aws_subnet.private[1]")]
    assert notes == [
        "local.vpc_id is taken to be module.network.aws_vpc.this[0].id: the plan does not keep local.vpc_id"
    ]


def test_element_with_count_index_takes_the_same_instance(modules: World) -> None:
    association = modules.resources["module.network.aws_route_table_association.private[2]"]
    assert association.get("subnet_id") == Ref("module.network.aws_subnet.private[2]", ("id",))
    assert association.get("route_table_id") == Ref("module.network.aws_route_table.private[2]", ("id",))


def test_a_table_with_one_instance_is_taken_whatever_the_index(modules: World) -> None:
    association = modules.resources["module.network.aws_route_table_association.intra[2]"]
    assert association.get("route_table_id") == Ref("module.network.aws_route_table.intra[0]", ("id",))


def test_a_module_output_of_a_list_gives_every_instance(modules: World) -> None:
    endpoint = modules.resources['module.endpoints.aws_vpc_endpoint.this["sts"]']
    assert endpoint.get("subnet_ids") == [
        Ref(f"module.network.aws_subnet.intra[{index}]", ("id",)) for index in range(3)
    ]


def test_coalescelist_and_concat_look_the_same_so_both_are_kept(modules: World) -> None:
    subnets = modules.resources["module.eks.aws_eks_cluster.this"].get("vpc_config", 0, "subnet_ids")
    assert isinstance(subnets, AnyOf)
    assert sorted(len(candidate) for candidate in subnets.candidates) == [3, 6]


def test_a_local_that_bears_a_resources_name_is_that_resource(modules: World) -> None:
    rule = modules.resources['module.eks.aws_security_group_rule.cluster["ingress_nodes_443"]']
    assert rule.get("source_security_group_id") == Ref("module.eks.aws_security_group.node", ("id",))


def test_what_nobody_configured_refers_to_itself(modules: World) -> None:
    group = modules.resources["module.eks.aws_security_group.node"]
    assert group.computed("ingress") and group.computed("egress")
    cluster = modules.resources["module.eks.aws_eks_cluster.this"]
    own = Ref("module.eks.aws_eks_cluster.this", ("vpc_config", 0, "cluster_security_group_id"))
    assert cluster.get("vpc_config", 0, "cluster_security_group_id") == own


def test_a_node_group_waits_for_all_of_a_module_that_its_module_depends_on(modules: World) -> None:
    group = modules.resources['module.eks.module.node_group["system"].aws_eks_node_group.this[0]']
    assert 'module.endpoints.aws_vpc_endpoint.this["s3"]' in group.waits_for
    assert "module.network.aws_route_table_association.private[0]" in group.waits_for


def test_inline_blocks_find_their_references_though_sets_lose_their_order() -> None:
    group = read("inline").resources["aws_security_group.node"]
    by_text = {block["description"]: block for block in group.blocks("egress")}
    assert by_text["image layers"]["prefix_list_ids"] == [Ref("aws_vpc_endpoint.s3", ("prefix_list_id",))]
    assert by_text["API and endpoints"]["prefix_list_ids"] == []


def test_a_dynamic_block_is_read_by_what_is_used_nowhere_else() -> None:
    group = read("fargate").resources['aws_security_group.endpoint["sts"]']
    (block,) = group.blocks("ingress")
    wanted = Ref("aws_eks_cluster.fargate", ("vpc_config", 0, "cluster_security_group_id"))
    assert block["security_groups"] == [wanted]


def test_each_value_of_a_resource_leads_to_the_instance_with_the_same_key() -> None:
    association = read("fargate").resources['aws_route_table_association.pods["b"]']
    assert association.get("subnet_id") == Ref('aws_subnet.pods["b"]', ("id",))


def test_a_module_called_twice_keeps_its_instances_apart() -> None:
    world = read("twins")
    for cell in ("blue", "green"):
        subnet = world.resources[f'module.cell["{cell}"].aws_subnet.cell[0]']
        assert subnet.get("vpc_id") == Ref(f'module.cell["{cell}"].aws_vpc.cell', ("id",))


def test_user_data_that_is_not_known_keeps_what_it_refers_to() -> None:
    template = read("twins").resources['module.cell["green"].aws_launch_template.node[0]']
    data = template.get("user_data")
    assert isinstance(data, Unknown)
    assert {reference.address for reference in data.references} == {"aws_eks_cluster.cell"}


def test_what_is_to_be_deleted_is_not_in_the_world_and_what_is_forgotten_stays() -> None:
    document = plan("flat")
    for change in document["resource_changes"]:
        if change["address"] == "aws_subnet.a":
            change["change"] = {"actions": ["delete"], "before": change["change"]["after"], "after": None}
        if change["address"] == "aws_subnet.b":
            change["change"] = {"actions": ["forget"], "before": change["change"]["after"], "after": None}
    values = document["planned_values"]["root_module"]
    values["resources"] = [one for one in values["resources"] if one["address"] not in ("aws_subnet.a", "aws_subnet.b")]
    world = read_documents([("flat", document)])
    assert "aws_subnet.a" not in world.resources
    assert world.resources["aws_subnet.b"].get("cidr_block") == "10.20.16.0/20"


def test_a_sensitive_value_is_never_printed() -> None:
    document = plan("flat")
    for change in document["resource_changes"]:
        if change["address"] == "aws_iam_role.node":
            change["change"]["after"]["description"] = "hunter2"
            change["change"]["after_sensitive"] = {"description": True}
    role = read_documents([("flat", document)]).resources["aws_iam_role.node"]
    assert isinstance(role.values["description"], Sensitive)
    assert "hunter2" not in f"{role.values['description']} {role.values['description']!r} {role!r}"
    assert role.get("description") == "hunter2"


def test_the_order_in_the_file_changes_nothing() -> None:
    document = plan("modules")
    turned = copy.deepcopy(document)
    turned["resource_changes"].reverse()
    assert read_documents([("m", document)]) == read_documents([("m", turned)])


def test_references_in_a_circle_end() -> None:
    document = plan("flat")
    for block in document["configuration"]["root_module"]["resources"]:
        if block["address"] == "aws_subnet.a":
            block["expressions"]["vpc_id"] = {"references": ["aws_route_table.private.vpc_id"]}
        if block["address"] == "aws_route_table.private":
            block["expressions"]["vpc_id"] = {"references": ["aws_subnet.a.vpc_id"]}
    world = read_documents([("flat", document)])
    found = world.resolve(world.resources["aws_subnet.a"].get("vpc_id"))
    assert isinstance(found, (Ref, Unknown))


def test_an_awkward_index_in_a_list_keeps_every_instance_possible() -> None:
    document = plan("twins")
    cell = document["configuration"]["root_module"]["module_calls"]["cell"]["module"]
    for block in cell["resources"]:
        if block["address"] == "aws_route_table_association.cell":
            block["expressions"]["route_table_id"] = {"references": ["aws_route_table.cell", "var.name"]}
    world = read_documents([("t", document)])
    found = world.resources['module.cell["blue"].aws_route_table_association.cell[0]'].get("route_table_id")
    assert isinstance(found, AnyOf) and len(found.candidates) == 2

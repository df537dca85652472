"""The endpoints stack."""

from __future__ import annotations

import json

import pytest

EXAMPLES = ["minimal", "existing-vpc", "strict-network", "irsa", "fargate", "auto-mode", "govcloud", "china"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_interface_endpoints_answer_their_public_names_behind_one_group(examples, example: str) -> None:
    for name, endpoint in examples[example]["endpoints"].all("aws_vpc_endpoint").items():
        if endpoint["vpc_endpoint_type"] == "Interface":
            assert endpoint["private_dns_enabled"] is True, name
            assert endpoint["security_group_ids"] == ["${aws_security_group.endpoints.id}"], name
            assert "route_table_ids" not in endpoint, name


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_policy_is_valid_json_that_allows_something(examples, example: str) -> None:
    policies = [one.get("policy") for one in examples[example]["endpoints"].all("aws_vpc_endpoint").values()]
    assert any(policies)
    for policy in filter(None, policies):
        assert any(statement["Effect"] == "Allow" for statement in json.loads(policy)["Statement"])


def test_the_s3_gateway_stands_in_the_tables_of_the_nodes(examples) -> None:
    s3 = examples["minimal"]["endpoints"].one("aws_vpc_endpoint", "s3")
    assert s3["vpc_endpoint_type"] == "Gateway"
    told = 'data.terraform_remote_state.network.outputs.route_table_ids["nodes"]'
    assert f"${{{told}}}" in s3["route_table_ids"]


def test_a_reused_endpoint_is_published_but_not_made(examples) -> None:
    endpoints = examples["existing-vpc"]["endpoints"]
    assert "s3" not in endpoints.all("aws_vpc_endpoint")
    assert endpoints.outputs["endpoint_ids"]["s3"] == "vpce-0a1b2c3d4e5f60718"


def test_without_a_gateway_of_our_own_the_prefix_list_is_looked_up(examples) -> None:
    endpoints = examples["existing-vpc"]["endpoints"]
    assert endpoints.data("aws_ec2_managed_prefix_list")["s3"]["name"] == "com.amazonaws.eu-central-1.s3"
    assert endpoints.outputs["s3_prefix_list_id"] == "${data.aws_ec2_managed_prefix_list.s3.id}"


def test_an_external_endpoint_is_neither_made_nor_given_an_id(synth, minimal_spec: str) -> None:
    endpoints = synth(minimal_spec + "endpoints: {services: {ec2: external}}\n")["endpoints"]
    assert "ec2" not in endpoints.all("aws_vpc_endpoint")
    assert endpoints.outputs["endpoint_ids"]["ec2"] == "external"


def test_rules_for_a_vpc_whose_ranges_only_aws_knows_are_made_for_each_range(synth, minimal_spec: str) -> None:
    endpoints = synth(
        minimal_spec + "network:\n  existing:\n    vpc_id: vpc-0a1b2c3d4e5f60718\n    subnets:\n      nodes: "
        "{eu-central-1a: subnet-0a1b2c3d4e5f60701, eu-central-1b: subnet-0a1b2c3d4e5f60702}\n"
    )["endpoints"]
    rules = endpoints.all("aws_vpc_security_group_ingress_rule")
    assert rules
    for rule in rules.values():
        assert rule["for_each"] == "${toset(data.terraform_remote_state.network.outputs.vpc_cidrs)}"
        assert rule["cidr_ipv4"] == "${each.value}"


def test_china_has_its_own_service_names(examples) -> None:
    names = {one["service_name"] for one in examples["china"]["endpoints"].all("aws_vpc_endpoint").values()}
    assert "cn.com.amazonaws.cn-north-1.ec2" in names
    assert "com.amazonaws.cn-north-1.s3" in names

"""The access stack: ways to the private API."""

from __future__ import annotations

import json

import pytest


def test_the_bastion_listens_on_nothing(examples) -> None:
    access = examples["minimal"]["access"]
    inbound = access.all("aws_vpc_security_group_ingress_rule").values()
    assert all(rule["security_group_id"] != "${aws_security_group.bastion.id}" for rule in inbound)
    assert "ingress" not in access.one("aws_security_group", "bastion")


def test_the_bastion_wants_imdsv2_an_encrypted_disk_and_an_image_by_parameter(examples) -> None:
    template = examples["minimal"]["access"].one("aws_launch_template", "bastion")
    assert template["metadata_options"]["http_tokens"] == "required"
    assert template["block_device_mappings"][0]["ebs"]["encrypted"] == "true"
    assert template["image_id"].startswith("resolve:ssm:/aws/service/")
    assert "key_name" not in template


def test_the_session_document_forwards_to_the_api_alone(examples) -> None:
    document = json.loads(examples["minimal"]["access"].one("aws_ssm_document", "api")["content"])
    assert document["sessionType"] == "Port"
    assert document["properties"]["portNumber"] == "443"


def test_the_cluster_lets_the_bastion_in_on_443(examples) -> None:
    rule = examples["minimal"]["access"].one("aws_vpc_security_group_ingress_rule", "https-from-bastion")
    assert rule["from_port"] == rule["to_port"] == 443
    assert rule["referenced_security_group_id"] == "${aws_security_group.bastion.id}"
    assert rule["security_group_id"] == "${data.terraform_remote_state.cluster.outputs.security_group_id}"


def test_operators_get_routes_both_ways_and_rules(examples) -> None:
    access = examples["operators"]["access"]
    assert not access.all("aws_instance")
    routes = access.all("aws_route")
    assert routes["control_plane-office"]["destination_cidr_block"] == "172.16.0.0/20"
    assert routes["back-rtb-0b1b2c3d4e5f60718"]["destination_cidr_block"] == "10.96.0.0/16"
    assert routes["control_plane-tgw-172-20-0-0-16"]["transit_gateway_id"] == "tgw-0a1b2c3d4e5f60718"
    sources = {rule["cidr_ipv4"] for rule in access.all("aws_vpc_security_group_ingress_rule").values()}
    assert sources == {"172.16.0.0/20", "172.17.0.0/20", "172.20.0.0/16"}


def test_a_peering_with_another_account_is_left_for_them_to_accept(examples) -> None:
    peerings = examples["operators"]["access"].all("aws_vpc_peering_connection")
    assert peerings["office"]["auto_accept"] is True
    assert "auto_accept" not in peerings["partner"]
    assert peerings["partner"]["peer_owner_id"] == "444455556666"


def test_principals_that_may_start_sessions_get_a_policy(synth, minimal_spec: str) -> None:
    access = synth(
        minimal_spec + "access:\n  bastion:\n    session_policy_principals:\n"
        "      - arn:aws:iam::111122223333:role/team/Operators\n      - arn:aws:iam::111122223333:user/ann\n"
    )["access"]
    assert access.one("aws_iam_role_policy_attachment", "sessions-Operators")["role"] == "Operators"
    assert access.one("aws_iam_user_policy_attachment", "sessions-ann")["user"] == "ann"
    assert "$${aws:userid}" in access.one("aws_iam_policy", "sessions")["policy"], "Terraform must leave it to IAM"


def test_a_principal_that_is_neither_role_nor_user_is_refused(synth, minimal_spec: str) -> None:
    from eksclave.errors import EksclaveError

    with pytest.raises(EksclaveError, match="is not the ARN of an IAM role or user"):
        synth(minimal_spec + "access: {bastion: {session_policy_principals: ['arn:aws:iam::111122223333:root']}}\n")


def test_a_network_that_reaches_an_existing_vpc_already_is_let_in_to_the_api(examples) -> None:
    rules = examples["existing-vpc"]["access"].all("aws_vpc_security_group_ingress_rule").values()
    assert "192.168.100.0/24" in {rule.get("cidr_ipv4") for rule in rules}

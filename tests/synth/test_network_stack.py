"""The network stack, made or read."""

from __future__ import annotations

import pytest

MADE_HERE = ["minimal", "strict-network", "irsa", "fargate", "auto-mode", "govcloud", "china"]


@pytest.mark.parametrize("example", MADE_HERE)
def test_nothing_leads_out_of_the_vpc(examples, example: str) -> None:
    network = examples[example]["network"]
    for kind in ("aws_internet_gateway", "aws_nat_gateway", "aws_egress_only_internet_gateway", "aws_eip", "aws_route"):
        assert not network.all(kind), f"{example} has {kind}"
    assert network.all("aws_vpc")["main"]["enable_dns_hostnames"] is True
    assert network.all("aws_vpc")["main"]["enable_dns_support"] is True


@pytest.mark.parametrize("example", MADE_HERE)
def test_every_subnet_has_one_table_and_one_acl_and_gives_no_public_address(examples, example: str) -> None:
    network = examples[example]["network"]
    subnets = set(network.all("aws_subnet"))
    assert set(network.all("aws_route_table_association")) == subnets
    assert set(network.all("aws_network_acl_association")) == subnets
    assert not any(subnet["map_public_ip_on_launch"] for subnet in network.all("aws_subnet").values())


def test_addresses_are_readable_and_made_of_domain_words(examples) -> None:
    network = examples["minimal"]["network"]
    assert network.one("aws_subnet", "nodes-eu-central-1a")["availability_zone"] == "eu-central-1a"
    assert network.one("aws_route_table", "control_plane")


def test_the_default_group_of_the_vpc_lets_nothing_through(examples) -> None:
    group = examples["minimal"]["network"].one("aws_default_security_group", "unused")
    assert "ingress" not in group
    assert "egress" not in group


def test_zone_ids_are_given_as_zone_ids(synth, minimal_spec: str) -> None:
    network = synth(minimal_spec + "network: {zones: [euc1-az2, euc1-az3]}\n")["network"]
    subnet = network.one("aws_subnet", "nodes-euc1-az2")
    assert subnet["availability_zone_id"] == "euc1-az2"
    assert "availability_zone" not in subnet


def test_without_strict_acls_there_are_none(synth, minimal_spec: str) -> None:
    network = synth(minimal_spec + "network: {strict_nacls: false, flow_logs: {enabled: false}}\n")["network"]
    assert not network.all("aws_network_acl")
    assert not network.all("aws_flow_log")
    assert not network.all("aws_iam_role")


def test_an_existing_vpc_is_read_and_never_changed(examples) -> None:
    network = examples["existing-vpc"]["network"]
    assert "resource" not in network.json
    assert set(network.data("aws_subnet")) == {"nodes-eu-central-1a", "nodes-eu-central-1b"}


def test_an_existing_subnet_must_lie_where_the_spec_says_and_be_private(examples) -> None:
    subnet = examples["existing-vpc"]["network"].data("aws_subnet")["nodes-eu-central-1a"]
    told = "\n".join(condition["condition"] for condition in subnet["lifecycle"]["postcondition"])
    assert 'self.vpc_id == "vpc-0a1b2c3d4e5f60718"' in told
    assert 'self.availability_zone == "eu-central-1a"' in told
    assert "!self.map_public_ip_on_launch" in told


def test_an_existing_subnet_without_a_table_of_its_own_uses_the_main_one(examples) -> None:
    tables = examples["existing-vpc"]["network"].outputs["route_table_ids"]
    assert tables["nodes-eu-central-1a"].endswith(": data.aws_vpc.main.main_route_table_id}")


def test_tables_that_the_spec_names_are_not_looked_up(synth, minimal_spec: str) -> None:
    network = synth(
        minimal_spec
        + "network:\n  existing:\n    vpc_id: vpc-0a1b2c3d4e5f60718\n    route_table_ids: [rtb-0a1b2c3d4e5f60718]\n"
        + "    subnets:\n      nodes: {eu-central-1a: subnet-0a1b2c3d4e5f60701, eu-central-1b: subnet-0a1b2c3d4e5f60702}\n"
    )["network"]
    assert network.outputs["route_table_ids"] == {"rtb-0a1b2c3d4e5f60718": "rtb-0a1b2c3d4e5f60718"}
    assert not network.data("aws_route_tables")

"""Constructs on their own, in an app that is not ours."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

import pytest
from eksclave.constructs.documents import document
from eksclave.constructs.part import slug
from eksclave.constructs.rules import rule_description
from eksclave.design.model import EndpointPlan, EndpointsPlan, Rule
from eksclave.errors import EksclaveError
from eksclave.net import PortRange, Protocol


@pytest.fixture
def stack():
    from eksclave.toolkit import cdktf

    return cdktf.TerraformStack(cdktf.Testing.app(), "own")


def endpoints() -> EndpointsPlan:
    item = EndpointPlan(
        service="ecr.api",
        service_name="com.amazonaws.eu-central-1.ecr.api",
        kind="Interface",
        mode="create",
        id=None,
        required_by=("nodes: images",),
        flows=("N2",),
        subnets=("a",),
        route_tables=(),
        private_dns=True,
        dns_names=(),
        policy=None,
        monthly_usd=0.0,
    )
    rule = Rule("https", "ingress", Protocol.TCP, PortRange.of(443), "vpc", ("N2",), "from inside")
    return EndpointsPlan((item,), (rule,), 0.0, "")


def make_set(stack, id: str, **changes):
    from eksclave.constructs import EndpointSet

    arguments = {
        "name": "own",
        "region": "eu-central-1",
        "vpc_id": "vpc-1",
        "vpc_cidrs": ["10.0.0.0/16", "10.1.0.0/16"],
        "subnet_ids": {"a": "subnet-1"},
        "route_table_ids": {},
        "plan": endpoints(),
        "s3_prefix_list_id": "pl-1",
    }
    return EndpointSet(stack, id, **(arguments | changes))


def rendered(stack) -> dict:
    from eksclave.toolkit import cdktf

    return json.loads(cdktf.Testing.synth(stack))["resource"]


def test_a_construct_with_its_usual_id_gives_bare_names_and_another_id_goes_before_them(stack) -> None:
    make_set(stack, "endpoints")
    make_set(stack, "shared")
    assert set(rendered(stack)["aws_vpc_endpoint"]) == {"ecr-api", "shared-ecr-api"}


def test_two_resources_with_one_address_are_refused(stack) -> None:
    from eksclave.toolkit import Construct

    make_set(Construct(stack, "one"), "endpoints")
    with pytest.raises(EksclaveError, match="would both be called 'endpoints'"):
        make_set(Construct(stack, "two"), "endpoints")


def test_a_rule_for_the_vpc_is_made_once_for_each_of_its_ranges(stack) -> None:
    make_set(stack, "endpoints")
    rules = rendered(stack)["aws_vpc_security_group_ingress_rule"]
    assert {rule["cidr_ipv4"] for rule in rules.values()} == {"10.0.0.0/16", "10.1.0.0/16"}


def test_a_rule_with_an_unknown_peer_is_refused_by_name(stack) -> None:
    from eksclave.constructs import RuleSet

    rule = Rule("https", "egress", Protocol.TCP, PortRange.of(443), "cluster", (), "to the API")
    with pytest.raises(EksclaveError, match="names the peer 'cluster', which is not known here"):
        RuleSet(stack, "rules", security_group_id="sg-1", rules=[rule], peers={"bastion": "sg-2"})


def test_refs_go_in_as_plain_strings_and_come_out_as_refs(stack) -> None:
    from eksclave.toolkit import cdktf

    made = make_set(stack, "endpoints")
    cdktf.TerraformOutput(stack, "id", value=made.endpoint_ids["ecr.api"], static_id=True)
    told = json.loads(cdktf.Testing.synth(stack))["output"]["id"]["value"]
    assert told == "${aws_vpc_endpoint.ecr-api.id}"


def test_an_unknown_construct_is_an_attribute_error() -> None:
    import eksclave.constructs as constructs

    with pytest.raises(AttributeError, match="Nonsense"):
        constructs.Nonsense  # noqa: B018


def test_every_construct_that_is_named_can_be_imported() -> None:
    import eksclave.constructs as constructs

    assert all(getattr(constructs, name) for name in constructs.__all__)


def test_variables_of_iam_are_kept_from_terraform_and_references_are_not() -> None:
    told = document({"a": "${aws:username}", "b": "${aws_vpc.main.id}", "c": "${TfToken[TOKEN.1]}"})
    assert told == '{"a": "$${aws:username}", "b": "${aws_vpc.main.id}", "c": "${TfToken[TOKEN.1]}"}'


def test_documents_have_sorted_keys_and_take_tuples() -> None:
    assert document({"b": (1, 2), "a": 1}) == '{"a": 1, "b": [1, 2]}'


@pytest.mark.parametrize(("name", "told"), [("ecr.api", "ecr-api"), ("10.0.0.0/16", "n10-0-0-0-16"), ("a_b", "a_b")])
def test_names_become_identifiers_that_terraform_takes(name: str, told: str) -> None:
    assert slug(name) == told


def test_descriptions_of_rules_keep_to_the_characters_that_ec2_takes() -> None:
    assert rule_description("nodes → API: “443”?") == "nodes   API:  443  "
    assert len(rule_description("x" * 400)) == 255


def test_an_icmp_rule_takes_all_types(stack) -> None:
    from eksclave.constructs import RuleSet

    rule = Rule("ping", "ingress", Protocol.ICMP, PortRange(0, 65535), str(IPv4Network("10.0.0.0/16")), (), "path MTU")
    RuleSet(stack, "rules", security_group_id="sg-1", rules=[rule], peers={})
    made = rendered(stack)["aws_vpc_security_group_ingress_rule"]["ping"]
    assert (made["ip_protocol"], made["from_port"], made["to_port"]) == ("icmp", -1, -1)

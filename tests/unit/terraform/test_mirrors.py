"""What the computed list of a parent still says of a child that the plan deletes or changes."""

from __future__ import annotations

import pytest
from eksclave.terraform.plan import read

RULE = {
    "security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
    "referenced_security_group_id": "111122223333/sg-2", "cidr_ipv4": None,
}  # fmt: skip
ENTRY = {
    "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/16"], "ipv6_cidr_blocks": [],
    "prefix_list_ids": [], "security_groups": ["sg-2", "sg-3"], "self": False,
}  # fmt: skip


def change(address, actions, before, after):
    kind, name = address.split(".")
    body = {"actions": actions, "before": before, "after": after, "after_unknown": {}}
    return {"address": address, "mode": "managed", "type": kind, "name": name, "change": body}


def values(parent, name, child, configured=()):
    expressions = {one: {"constant_value": []} for one in configured}
    kind, label = parent["address"].split(".")
    block = {"address": parent["address"], "mode": "managed", "type": kind, "name": label, "expressions": expressions}
    document = {
        "format_version": "1.2",
        "configuration": {"root_module": {"resources": [block]}},
        "resource_changes": [parent, child],
    }
    part = read(document, "plan", str)
    return next(one for one in part.resources if one.address == parent["address"]).values.get(name)


def group(*entries):
    after = {"id": "sg-1", "ingress": list(entries)}
    return change("aws_security_group.g", ["no-op"], after, after)


@pytest.mark.parametrize("actions", [["delete"], ["update"], ["delete", "create"]])
def test_a_rule_that_goes_or_changes_is_taken_out_of_its_group(actions):
    rule = change("aws_vpc_security_group_ingress_rule.r", actions, RULE, {**RULE, "from_port": 8443})
    assert values(group(ENTRY), "ingress", rule) == [{**ENTRY, "security_groups": ["sg-3"]}]


def test_an_entry_of_which_nothing_is_left_goes():
    rule = change("aws_vpc_security_group_ingress_rule.r", ["delete"], RULE, None)
    assert values(group({**ENTRY, "cidr_blocks": [], "security_groups": ["sg-2"]}), "ingress", rule) == []


@pytest.mark.parametrize("differing", [{"from_port": 80}, {"ip_protocol": "udp"}, {"security_group_id": "sg-9"}])
def test_other_rules_stay(differing):
    rule = change("aws_vpc_security_group_ingress_rule.r", ["delete"], {**RULE, **differing}, None)
    assert values(group(ENTRY), "ingress", rule) == [ENTRY]


def test_what_is_made_or_kept_takes_nothing_away():
    assert values(group(ENTRY), "ingress", change("aws_security_group_rule.r", ["no-op"], RULE, RULE)) == [ENTRY]


def test_what_the_configuration_writes_is_no_mirror():
    rule = change("aws_vpc_security_group_ingress_rule.r", ["delete"], RULE, None)
    assert values(group(ENTRY), "ingress", rule, configured=("ingress",)) == [ENTRY]


MIRRORS = [
    ("aws_route_table", "route", [{"cidr_block": "0.0.0.0/0"}, {"cidr_block": "10.9.0.0/16"}], "aws_route",
     {"route_table_id": "it", "destination_cidr_block": "10.9.0.0/16"}),
    ("aws_network_acl", "egress", [{"rule_no": 100}, {"rule_no": 110}], "aws_network_acl_rule",
     {"network_acl_id": "it", "egress": True, "rule_number": 110}),
    ("aws_vpc_endpoint", "route_table_ids", ["rtb-1", "rtb-2"], "aws_vpc_endpoint_route_table_association",
     {"vpc_endpoint_id": "it", "route_table_id": "rtb-2"}),
    ("aws_iam_role", "managed_policy_arns", ["arn:a", "arn:b"], "aws_iam_role_policy_attachment",
     {"role": "it", "policy_arn": "arn:b"}),
    ("aws_iam_role", "inline_policy", [{"name": "a"}, {"name": "b"}], "aws_iam_role_policy",
     {"role": "it", "name": "b"}),
    ("aws_route53_zone", "vpc", [{"vpc_id": "vpc-1"}, {"vpc_id": "vpc-2"}], "aws_route53_zone_association",
     {"zone_id": "it", "vpc_id": "vpc-2"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "shown", "child", "before"), MIRRORS, ids=[one[3] for one in MIRRORS])
def test_each_mirror_loses_what_its_child_said(kind, name, shown, child, before):
    after = {"id": "it", "name": "it", name: shown}
    parent = change(f"{kind}.p", ["no-op"], after, after)
    assert values(parent, name, change(f"{child}.c", ["delete"], before, None)) == shown[:1]

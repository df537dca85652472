"""Real plans become the network facts that AWS would have, whatever way they were written."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import orjson
import pytest
from eksclave.net import PortRange
from eksclave.reach.build import snapshot
from eksclave.reach.facts.dns import AliasKind
from eksclave.reach.facts.groups import GroupRef
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.network import PrefixListRef, TargetKind
from eksclave.reach.facts.values import OneOf, Unknown
from eksclave.reach.snapshot import Snapshot
from eksclave.terraform.read import read_documents

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = sorted(folder.parent.name for folder in CORPUS.glob("*/plan.json"))


def document(name: str, file: str = "plan.json") -> dict[str, Any]:
    return orjson.loads((CORPUS / name / file).read_bytes())


def of(name: str) -> Snapshot:
    return snapshot(read_documents([(name, document(name))]))


@pytest.mark.parametrize("name", CASES)
def test_every_reference_leads_to_a_fact_or_is_said_to_be_unknown(name: str) -> None:
    found = of(name)
    tables, acls = found.route_table_by_key, found.nacl_by_key
    for vpc in found.vpcs:
        assert vpc.main_route_table in tables and vpc.default_nacl in acls and vpc.default_group in found.group_by_key
    for table in (*found.route_tables, *found.nacls):
        assert table.vpc in found.vpc_by_key
    for subnet in found.subnets:
        assert subnet.vpc in found.vpc_by_key
        assert subnet.route_table is None or isinstance(subnet.route_table, Unknown) or subnet.route_table in tables
        assert isinstance(subnet.nacl, Unknown) or subnet.nacl in acls
    for cluster in found.clusters:
        assert cluster.cluster_group in found.group_by_key and cluster.vpc in found.vpc_by_key


@pytest.mark.parametrize("name", CASES)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert of(name) == of(name)


def test_a_group_without_egress_lets_nothing_out() -> None:
    group = of("flat").group_by_key["aws_security_group.endpoints"]
    assert [rule.egress for rule in group.rules] == [False] and not group.incomplete


def test_rules_written_inline_standalone_and_for_the_group_of_eks_all_arrive() -> None:
    flat = of("flat")
    made = flat.group_by_key["aws_eks_cluster.main#cluster-security-group"]
    (added,) = [
        rule for rule in made.rules if rule.origin.address == "aws_vpc_security_group_ingress_rule.api_from_bastion"
    ]
    assert (added.peer, added.ports) == (GroupRef("aws_security_group.bastion"), PortRange.of(443))
    inline = of("inline").group_by_key["aws_security_group.node"]
    assert {rule.peer for rule in inline.rules if rule.egress} == {
        GroupRef("aws_security_group.node"),
        IPv4Network("10.60.64.0/24"),
        IPv4Network("10.60.65.0/24"),
        PrefixListRef("aws_vpc_endpoint.s3.prefix_list_id"),
    }


def test_a_launch_template_with_groups_keeps_the_group_of_eks_off_the_nodes() -> None:
    groups = {group.key: group.groups for group in of("inline").node_groups}
    assert set(groups.values()) == {("aws_security_group.node",)}
    assert of("flat").node_groups[0].groups == ("aws_eks_cluster.main#cluster-security-group",)


def test_a_default_acl_and_group_that_terraform_adopts_have_only_what_is_written() -> None:
    found = of("inline")
    vpc = found.vpc_by_key["aws_vpc.this"]
    assert found.nacl_by_key[str(vpc.default_nacl)].entries == ()
    assert found.group_by_key[str(vpc.default_group)].rules == ()


def test_standalone_acl_rules_and_associations_are_joined() -> None:
    found = of("twins")
    subnet = found.subnet_by_key['module.cell["blue"].aws_subnet.cell[0]']
    acl = found.nacl_by_key[str(subnet.nacl)]
    numbers = sorted((entry.egress, entry.number) for entry in acl.entries)
    assert numbers == [(False, 100), (False, 200), (True, 100), (True, 200)]
    assert subnet.nacl_origin and subnet.nacl_origin.address.endswith("aws_network_acl_association.cell[0]")


def test_a_policy_document_that_waits_for_apply_is_read_with_holes() -> None:
    endpoint = of("inline").endpoint_by_key["aws_vpc_endpoint.s3"]
    assert isinstance(endpoint.policy, Policy)
    (statement,) = endpoint.policy.statements
    assert statement.actions == ("s3:GetObject",)
    assert statement.conditions[0].values == ("aws_vpc.this",)
    assert statement.origin.address == "data.aws_iam_policy_document.s3"


def test_standalone_endpoint_associations_and_policies_are_joined() -> None:
    found = of("fargate")
    assert found.endpoint_by_key["aws_vpc_endpoint.s3"].route_tables == ("aws_route_table.everything",)
    policy = found.endpoint_by_key["aws_vpc_endpoint.s3"].policy
    assert isinstance(policy, Policy) and policy.origin.address == "aws_vpc_endpoint_policy.s3"
    assert found.endpoint_by_key['aws_vpc_endpoint.this["sts"]'].groups == ('aws_security_group.endpoint["sts"]',)


def test_an_endpoint_without_groups_carries_the_default_group() -> None:
    found = of("karpenter")
    assert found.endpoint_by_key['aws_vpc_endpoint.main["sqs"]'].groups == ("aws_default_security_group.endpoints",)


def test_the_main_table_by_any_name_is_one_table() -> None:
    found = of("karpenter")
    main = found.vpcs[0].main_route_table
    assert main == "aws_default_route_table.main"
    assert found.endpoint_by_key["aws_vpc_endpoint.s3"].route_tables == (main,)
    assert {subnet.route_table for subnet in found.subnets} == {main}
    assert found.route_table_by_key[main].vpc == "aws_vpc.main"


def test_self_managed_nodes_are_found_by_their_tag_with_the_groups_of_their_interfaces() -> None:
    (group,) = [one for one in of("twins").node_groups if not one.managed]
    assert group.cluster == 'module.cell["green"].aws_eks_cluster.cell'
    assert group.groups == ('module.cell["green"].aws_security_group.nodes[0]',)
    assert group.role == 'module.cell["green"].aws_iam_role.node'
    assert isinstance(group.user_data, Unknown)


def test_aliases_in_private_zones_lead_to_endpoints_of_another_vpc() -> None:
    found = of("hub")
    (zone,) = [one for one in found.private_zones if one.name == "dkr.ecr.eu-north-1.amazonaws.com"]
    assert zone.vpcs == ("aws_vpc.hub", "aws_vpc.spoke")
    star = next(record for record in zone.records if str(record.name).startswith("*."))
    assert star.alias is not None and star.alias.kind is AliasKind.ENDPOINT
    assert star.alias.target == 'aws_vpc_endpoint.hub["ecr-dkr"]'


def test_routes_inline_and_standalone_name_their_targets() -> None:
    found = of("hub")
    (inline,) = found.route_table_by_key["aws_route_table.hub"].routes
    assert (inline.kind, inline.target) == (TargetKind.PEERING, "aws_vpc_peering_connection.hub")
    kinds = {route.kind for route in found.route_table_by_key["aws_route_table.spoke"].routes}
    assert kinds == {TargetKind.PEERING, TargetKind.TRANSIT_GATEWAY}


def test_attachments_spread_by_default_into_the_gateways_own_table() -> None:
    found = of("hub")
    (table,) = found.transit_route_tables
    assert set(table.propagations) == {one.key for one in found.transit_attachments}
    assert {one.route_table for one in found.transit_attachments} == {table.key}


def test_a_plan_and_the_state_of_its_network_are_one_world() -> None:
    parts = [("plan", document("existing")), ("network", document("existing", "state.json"))]
    found = snapshot(read_documents(parts))
    (cluster,) = found.clusters
    assert cluster.subnets == (
        'aws_subnet.private["ca-central-1a"]',
        'aws_subnet.private["ca-central-1b"]',
    )
    assert len(found.vpcs) == 1 and len(found.subnets) == 2
    (s3,) = [one for one in found.endpoints if str(one.service).endswith(".s3")]
    assert isinstance(s3.route_tables, tuple) and len(s3.route_tables) == 2


def test_a_network_that_is_only_read_is_not_taken_for_known() -> None:
    found = of("existing")
    assert all(isinstance(subnet.nacl, Unknown) for subnet in found.subnets)
    assert all(table.incomplete for table in found.route_tables)


def test_the_applied_state_says_the_same_as_the_plan() -> None:
    plan, state = of("inline"), snapshot(read_documents([("s", document("inline", "applied.json"))]))
    assert [one.key for one in plan.groups] == [one.key for one in state.groups]
    assert {n.key: n.groups for n in plan.node_groups} == {n.key: n.groups for n in state.node_groups}
    assert {e.key: e.subnets for e in plan.endpoints} == {e.key: e.subnets for e in state.endpoints}
    for planned, applied in zip(plan.nacls, state.nacls, strict=True):
        assert sorted((e.egress, e.number, e.ports) for e in planned.entries if e.ports) == sorted(
            (e.egress, e.number, e.ports) for e in applied.entries if e.ports
        )


def test_lists_that_the_plan_leaves_open_stay_open() -> None:
    (cluster,) = of("modules").clusters
    assert isinstance(cluster.subnets, OneOf)
    assert any(text.startswith("local.security_group_ids is taken to be") for _, _, text in of("modules").assumed)

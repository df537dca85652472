"""What the engine cannot judge is said, not passed."""

from __future__ import annotations

import pytest
from eksclave.checks.ipv6 import OF_PODS
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import Unknown

CNI_IPV6 = (
    '{"Statement": [{"Effect": "Allow", "Action": ["ec2:AssignIpv6Addresses", "ec2:Describe*"], "Resource": "*"}]}'
)
OWN_POLICY = {
    "add": "aws_iam_role_policy.cni",
    "values": {"policy": CNI_IPV6},
    "references": {"role": ["aws_iam_role.node.name", "aws_iam_role.node"]},
}


@pytest.mark.parametrize(("family", "verdict"), [("ipv4", Outcome.PASS), ("ipv6", Outcome.UNKNOWN)])
def test_pods_with_ipv6_addresses_are_never_called_proven(case, family: str, verdict: Outcome):
    network = [{"ip_family": family}]
    steps = [{"set": "aws_eks_cluster.main", "values": {"kubernetes_network_config": network}}, OWN_POLICY]
    answer = case("flat", steps)
    assert answer.verdict is verdict
    doubted = {result.requirement for result in answer.results if result.outcome is Outcome.UNKNOWN}
    assert doubted <= OF_PODS
    assert ("C2" in doubted) is (family == "ipv6")


COMPUTED = {"ip_family": True, "service_ipv4_cidr": True, "service_ipv6_cidr": True}
REST = {"elastic_load_balancing": [{"enabled": True}]}


def _family(facts, network: dict, unknown: dict, subnet: dict, visible: dict | None = None) -> object:
    found = facts(
        "flat",
        [
            {"set": "aws_eks_cluster.main", "values": {"kubernetes_network_config": [network]}},
            {"open": "aws_eks_cluster.main", "values": {"kubernetes_network_config": [unknown]}, "said": visible},
            {"set": "aws_subnet.a", "values": subnet},
        ],
    )
    return found.clusters[0].ip_family


def test_a_family_that_nobody_configures_is_ipv4(facts):
    assert _family(facts, {"ip_family": ""}, {}, {}) == "ipv4"
    assert _family(facts, {"ip_family": "", "service_ipv6_cidr": "fd00::/108"}, {}, {}) == "ipv6"
    assert _family(facts, REST, COMPUTED, {}) == "ipv4"


def test_a_dynamic_block_beside_ipv6_subnets_leaves_the_family_open(facts):
    assert isinstance(_family(facts, REST, COMPUTED, {"ipv6_cidr_block": "2001:db8::/64"}), Unknown)


def test_a_family_set_by_an_unknown_expression_is_open(facts):
    visible = {"ip_family": {"references": ["aws_ssm_parameter.family.value", "aws_ssm_parameter.family"]}}
    assert isinstance(_family(facts, {}, COMPUTED, {}, visible), Unknown)


def test_a_variable_that_is_null_sets_no_family(facts):
    said = {"ip_family": {"references": ["var.cluster_ip_family"]}}
    assert _family(facts, {}, COMPUTED, {}, said) == "ipv4"
    assert isinstance(_family(facts, {}, COMPUTED, {"ipv6_cidr_block": "2001:db8::/64"}, said), Unknown)


@pytest.mark.parametrize(("added", "outcome"), [([], Outcome.FAIL), ([OWN_POLICY], Outcome.PASS)])
def test_the_network_plugin_assigns_ipv6_addresses_by_a_policy_of_ones_own(case, added, outcome):
    steps = [{"set": "aws_eks_cluster.main", "values": {"kubernetes_network_config": [{"ip_family": "ipv6"}]}}, *added]
    found = [result for result in case("flat", steps).results if result.requirement == "R6"]
    assert [result.outcome for result in found] == [outcome]
    assert outcome is Outcome.PASS or "AmazonEKS_CNI_IPv6_Policy" in found[0].reason

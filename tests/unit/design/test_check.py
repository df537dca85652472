"""Specs that are well formed but do not fit together are refused at the field that is wrong."""

import pytest
from eksclave.design.check import problems
from eksclave.spec.model import ClusterSpec


def spec(**fields: object) -> ClusterSpec:
    return ClusterSpec.model_validate({"name": "prod", "region": "eu-central-1", "account": "111122223333", **fields})


def existing(**tiers: dict[str, str]) -> dict:
    return {"existing": {"vpc_id": "vpc-12345678", "cidrs": ["10.0.0.0/16"], "subnets": tiers}}


TWO = {"eu-central-1a": "subnet-1111111a", "eu-central-1b": "subnet-1111111b"}


def test_a_good_spec_has_no_problems():
    assert problems(spec()) == ()
    assert problems(spec(network=existing(nodes=TWO))) == ()
    assert problems(spec(network={"zones": ["euc1-az2", "euc1-az3"]})) == ()


@pytest.mark.parametrize(
    ("fields", "path", "said"),
    [
        ({"region": "us-east-1", "network": {"zones": ["use1-az3", "use1-az1"]}}, "network.zones[0]", "EKS has no control plane in zone 'use1-az3'"),
        ({"region": "us-east-1", "network": {"zones": ["us-east-1a", "us-east-1e"]}}, "network.zones[1]", "'us-east-1e' is zone use1-az3"),
        ({"network": {"zones": ["eu-central-1a", "eu-west-1a"]}}, "network.zones[1]", "eu-central-1 has no zone called 'eu-west-1a'"),
        ({"network": {"zones": ["euc1-az1", "euw1-az1"]}}, "network.zones[1]", "zone 'euw1-az1' is not in eu-central-1"),
        ({"network": {"zones": ["eu-central-1a", "eu-central-1a"]}}, "network.zones", "'eu-central-1a' stands there 2 times"),
        ({"network": {"zones": 5}}, "network.zones", "5 is more than the 3 zones"),
        ({"network": {"cidr": "10.0.0.0/8"}}, "network.cidr", "10.0.0.0/8 is not between"),
        ({"network": {"cidr": "10.0.0.0/27"}}, "network.cidr", "10.0.0.0/27 is not between"),
        ({"network": existing(nodes={"eu-central-1a": "subnet-1111111a"})}, "network.existing.subnets.nodes", "has subnets in one zone"),
        ({"network": existing(nodes=TWO, control_plane={"eu-central-1a": "subnet-1111111c"})}, "network.existing.subnets.control_plane", "has subnets in one zone"),
        ({"network": existing(nodes={**TWO, "eu-central-1c": "subnet-1111111a"})}, "network.existing.subnets.nodes", "'subnet-1111111a' stands in 2 zones"),
        ({"access": {"operator_cidrs": ["0.0.0.0/0"]}}, "access.operator_cidrs[0]", "0.0.0.0/0 is the whole internet"),
        ({"access": {"peered_vpcs": [{"name": "ops", "vpc_id": "vpc-12345678", "cidr": "10.0.4.0/24"}]}}, "access.peered_vpcs[0].cidr", "10.0.4.0/24 overlaps network.cidr 10.0.0.0/16"),
        ({"access": {"transit_gateway": {"id": "tgw-12345678", "cidrs": ["172.16.0.0/16", "172.16.1.0/24"]}}}, "access.transit_gateway.cidrs[1]", "172.16.1.0/24 overlaps"),
        ({"node_groups": [{"instance_types": ["m7i.large", "m7g.large"]}]}, "node_groups[0].instance_types", "two architectures"),
        ({"node_groups": [{"architecture": "arm64"}]}, "node_groups[0].architecture", "'arm64' does not fit"),
        ({"network": {"zones": ["eu-central-1a", "eu-central-1b"]}, "node_groups": [{"zones": ["eu-central-1c"]}]}, "node_groups[0].zones[0]", "'eu-central-1c' is not a zone of the network"),
        ({"access_entries": [{"principal_arn": "arn:aws:iam::111122223333:role/x"}] * 2}, "access_entries", "'arn:aws:iam::111122223333:role/x' stands there 2 times"),
        ({"node_groups": [{"name": "a"}, {"name": "a"}]}, "node_groups", "'a' stands there 2 times"),
        ({"registry": {"pull_through_cache": [{"upstream": "quay.io", "prefix": p} for p in ("q1", "q2")]}}, "registry.pull_through_cache[1].upstream", "'quay.io' has a cache rule already"),
        ({"registry": {"pull_through_cache": [{"upstream": "quay.io", "prefix": "mirror"}]}}, "registry.pull_through_cache[0].prefix", "'mirror' is where copies lie (registry.prefix)"),
        ({"region": "us-gov-west-1", "access_entries": [{"principal_arn": "arn:aws:iam::111122223333:role/x"}]}, "access_entries[0].principal_arn", "is not in partition aws-us-gov"),
        ({"encryption": {"kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/x"}}, "encryption.kms_key_arn", "is in another Region"),
        ({"endpoints": {"extra": ["pricing.api"]}, "region": "eu-west-1"}, "endpoints.extra[0]", "has no endpoint in eu-west-1"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_named(fields: dict, path: str, said: str):
    found = problems(spec(**fields))
    assert len(found) == 1, found
    assert found[0][0] == path
    assert said in found[0][1]
    assert found[0][2], "a problem comes with its fix"


def test_operators_inside_the_vpc_are_no_overlap():
    assert problems(spec(access={"operator_cidrs": ["10.0.9.0/24"]})) == ()

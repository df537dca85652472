"""Regions, partitions, versions, instance types, registries and prices say what AWS says."""

import pytest
from eksclave.catalog.instances import architecture_of
from eksclave.catalog.partitions import PARTITIONS, partition_of
from eksclave.catalog.prices import interface_price, monthly
from eksclave.catalog.regions import EXCLUDED_ZONE_IDS, REGIONS, find_region
from eksclave.catalog.registries import addon_registry
from eksclave.catalog.versions import KUBERNETES_VERSIONS, bastion_ami_parameter, is_newer_than_known
from eksclave.errors import EksclaveError


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_a_region_has_two_zones_and_lies_in_a_known_partition(region):
    assert len(region.zones) >= 2
    assert list(region.zones) == sorted(set(region.zones))
    assert region.partition in PARTITIONS
    assert addon_registry(region.name).endswith(region.partition.dns_suffix)


@pytest.mark.parametrize("zone_id", sorted(EXCLUDED_ZONE_IDS))
def test_an_excluded_zone_id_belongs_to_a_covered_region(zone_id):
    assert any(zone_id.startswith(f"{region.zone_id_prefix}-az") for region in REGIONS)


def test_partitions_are_told_from_region_names():
    told = {name: partition_of(name).id for name in ("eu-central-1", "cn-north-1", "us-gov-west-1", "us-isob-east-1")}
    assert told == {
        "eu-central-1": "aws",
        "cn-north-1": "aws-cn",
        "us-gov-west-1": "aws-us-gov",
        "us-isob-east-1": "aws-iso-b",
    }


def test_instances_are_named_by_the_regions_own_domain():
    assert find_region("us-east-1").instance_domain == "ec2.internal"
    assert find_region("eu-central-1").instance_domain == "eu-central-1.compute.internal"


def test_an_unknown_region_is_answered_with_the_near_one():
    with pytest.raises(EksclaveError, match="did you mean 'eu-central-1'"):
        find_region("eu-centrl-1")


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("t4g.micro", "arm64"),
        ("m7g.large", "arm64"),
        ("x2gd.large", "arm64"),
        ("im4gn.large", "arm64"),
        ("a1.medium", "arm64"),
        ("g5g.xlarge", "arm64"),
        ("g5.xlarge", "x86_64"),
        ("t3a.medium", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("p4de.24xlarge", "x86_64"),
    ],
)
def test_the_architecture_is_told_from_the_instance_type(instance_type, architecture):
    assert architecture_of(instance_type) == architecture


def test_versions_rise_one_by_one_and_a_later_one_is_recognised():
    minors = [int(row.version.split(".")[1]) for row in KUBERNETES_VERSIONS]
    assert minors == list(range(minors[0], minors[-1] + 1))
    assert is_newer_than_known(f"1.{minors[-1] + 1}")
    assert not is_newer_than_known(KUBERNETES_VERSIONS[-1].version)


def test_the_bastion_boots_the_standard_image_which_holds_the_ssm_agent():
    assert bastion_ami_parameter("arm64").endswith("/al2023-ami-kernel-default-arm64")


def test_four_endpoints_in_three_zones_cost_what_awss_example_says():
    assert 4 * monthly(interface_price("us-east-1").hourly, 3) == pytest.approx(87.60)


def test_a_price_of_another_region_says_that_it_is_not_known():
    assert "us-east-1" in interface_price("eu-central-1").note
    assert "other regions differ" in interface_price("eu-central-1").note
    assert "other regions differ" not in interface_price("us-east-1").note

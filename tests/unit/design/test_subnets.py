"""Carving leaves room to grow, keeps places, and says where there is no room."""

from ipaddress import IPv4Network

import pytest
from eksclave.design.subnets import carve
from eksclave.errors import InputError
from eksclave.spec.network import TierSizes

ABC = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def network(text: str) -> IPv4Network:
    return IPv4Network(text)


def test_a_16_gives_nodes_thousands_of_addresses_and_keeps_a_block_for_a_tier_to_come():
    carving = carve(network("10.0.0.0/16"), ABC)
    assert carving.subnets["nodes", "eu-central-1a"] == network("10.0.0.0/19")
    assert carving.subnets["control_plane", "eu-central-1a"] == network("10.0.248.0/24")
    assert carving.subnets["endpoints", "eu-central-1b"] == network("10.0.241.0/24")
    assert carving.subnets["load_balancers", "eu-central-1c"] == network("10.0.234.0/24")
    assert carving.free == (network("10.0.224.0/21"),)


def test_the_smallest_range_still_has_subnets_that_load_balancers_take():
    carving = carve(network("10.0.0.0/22"), ABC)
    assert {subnet.prefixlen for (tier, _), subnet in carving.subnets.items() if tier == "load_balancers"} == {27}


def test_zone_ids_have_places_as_names_do():
    by_name = carve(network("10.0.0.0/16"), ABC)
    by_id = carve(network("10.0.0.0/16"), ("euc1-az1", "euc1-az2", "euc1-az3"))
    assert sorted(map(str, by_name.subnets.values())) == sorted(map(str, by_id.subnets.values()))


def test_names_and_ids_do_not_mix():
    with pytest.raises(InputError, match="name all zones by name, or all by id"):
        carve(network("10.0.0.0/16"), ("eu-central-1a", "euc1-az1"))


@pytest.mark.parametrize(
    ("cidr", "sizes", "said"),
    [
        ("10.0.0.0/24", TierSizes(), "no room for a node subnet"),
        ("10.0.0.0/16", TierSizes(nodes=17), "no room for a node subnet /17 in zone 'eu-central-1b'"),
        ("10.0.0.0/20", TierSizes(nodes=20), "is not smaller than 10.0.0.0/20"),
        ("10.0.0.0/20", TierSizes(endpoints=21), "no room for subnets of every tier"),
    ],
)
def test_a_range_without_room_is_refused_with_a_fix(cidr, sizes, said):
    with pytest.raises(InputError) as caught:
        carve(network(cidr), ABC, sizes)
    assert said in str(caught.value)
    assert caught.value.fix


def test_a_larger_tier_gets_what_was_asked():
    carving = carve(network("10.0.0.0/16"), ABC, TierSizes(load_balancers=22))
    assert carving.subnets["load_balancers", "eu-central-1b"].prefixlen == 22
    assert carving.subnets["control_plane", "eu-central-1b"].prefixlen == 24

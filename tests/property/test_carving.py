"""Whatever the range and zones: subnets are disjoint, inside, and stay where they are when a zone comes."""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pytest
from eksclave.design.subnets import carve
from eksclave.errors import InputError
from eksclave.spec.network import TIERS, TierSizes
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

ranges = st.builds(
    lambda prefix, index: IPv4Network((int(IPv4Address("10.0.0.0")) + index * 2 ** (32 - prefix), prefix)),
    st.integers(16, 23),
    st.integers(0, 255),
)
letters = st.sets(st.sampled_from("abcdef"), min_size=1, max_size=6)
prefixes = st.one_of(st.none(), st.integers(18, 28))
sizes = st.builds(TierSizes, nodes=prefixes, control_plane=prefixes, endpoints=prefixes, load_balancers=prefixes)


def zones(of: set[str]) -> tuple[str, ...]:
    return tuple(f"eu-central-1{letter}" for letter in sorted(of))


@settings(max_examples=300, deadline=None)
@given(vpc=ranges, chosen=letters, asked=sizes)
def test_subnets_are_disjoint_inside_and_as_large_as_asked(vpc, chosen, asked):
    try:
        carving = carve(vpc, zones(chosen), asked)
    except InputError:
        assume(False)
        return
    subnets = list(carving.subnets.values())
    assert len(subnets) == len(TIERS) * len(chosen)
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(one.overlaps(two) for one, two in combinations(subnets, 2))
    for (tier, _), subnet in carving.subnets.items():
        assert any(subnet.subnet_of(owned) for owned in carving.owned[tier])
        if (wanted := getattr(asked, tier)) is not None:
            assert subnet.prefixlen == wanted


@settings(max_examples=300, deadline=None)
@given(vpc=ranges, asked=sizes, chosen=letters)
def test_what_tiers_own_is_disjoint_and_what_is_free_is_nobodys(vpc, asked, chosen):
    try:
        carving = carve(vpc, zones(chosen), asked)
    except InputError:
        assume(False)
        return
    owned = [network for networks in carving.owned.values() for network in networks] + list(carving.free)
    assert all(network.subnet_of(vpc) for network in owned)
    assert not any(one.overlaps(two) for one, two in combinations(owned, 2))


@settings(max_examples=300, deadline=None)
@given(vpc=ranges, now=letters, later=letters, asked=sizes)
def test_a_zone_that_comes_or_goes_moves_no_other_subnet_and_no_tiers_range(vpc, now, later, asked):
    try:
        before, after = carve(vpc, zones(now), asked), carve(vpc, zones(now | later), asked)
    except InputError:
        assume(False)
        return
    assert {key: after.subnets[key] for key in before.subnets} == dict(before.subnets)
    assert before.owned == after.owned and before.free == after.free


@settings(max_examples=100, deadline=None)
@given(vpc=ranges.filter(lambda network: network.prefixlen <= 22), chosen=letters)
def test_default_sizes_have_room_for_three_zones_and_a_tier_to_come(vpc, chosen):
    three = set(sorted(chosen)[:3]) & set("abcd") or {"a"}
    carving = carve(vpc, zones(three))
    assert carving.free
    assert all(subnet.num_addresses >= 32 for subnet in carving.subnets.values())

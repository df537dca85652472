"""Facts are values: frozen, equal by content, hashable, replaceable."""

from dataclasses import FrozenInstanceError, replace

import pytest
from eksclave.reach.facts.groups import GroupRef
from eksclave.reach.facts.network import PrefixList, PrefixListRef
from reach_world import at, net


def test_facts_are_frozen_values():
    one = PrefixList("pl", at("pl"), (net("10.0.0.0/8"),))
    assert one == PrefixList("pl", at("pl"), (net("10.0.0.0/8"),)) and hash(one) == hash(replace(one))
    assert replace(one, service="s3") != one and replace(one, service="s3").service == "s3"
    with pytest.raises(FrozenInstanceError):
        one.key = "other"
    with pytest.raises(FrozenInstanceError):
        del one.key


def test_facts_of_different_kinds_are_never_equal():
    assert GroupRef("a") != PrefixListRef("a") and len({GroupRef("a"), PrefixListRef("a"), GroupRef("a")}) == 2
    assert repr(GroupRef("a")) == "GroupRef(key='a')"

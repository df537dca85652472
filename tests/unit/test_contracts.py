"""Contracts between stacks: what is promised, and what happens to whoever asks for more."""

from __future__ import annotations

import dataclasses

import pytest
from eksclave.contracts import CONTRACTS, ORDER, READS, Published, stack_id
from eksclave.errors import EksclaveError


def test_every_stack_has_an_order_and_a_contract() -> None:
    assert set(ORDER) == set(READS) == set(CONTRACTS)


@pytest.mark.parametrize("stack", ORDER)
def test_a_stack_reads_only_stacks_that_are_applied_before_it(stack: str) -> None:
    assert all(ORDER.index(producer) < ORDER.index(stack) for producer in READS[stack])


def test_asking_for_a_key_that_is_not_published_says_so_by_name() -> None:
    subnets = Published("network", "subnet_ids", {"nodes-eu-central-1a": "subnet-1"})
    with pytest.raises(EksclaveError) as wrong:
        subnets["nodes-eu-central-1b"]
    said = str(wrong.value)
    assert "network stack publishes no 'nodes-eu-central-1b' in its output subnet_ids" in said
    assert "nodes-eu-central-1a" in said


def test_published_keys_come_in_one_order() -> None:
    assert list(Published("network", "subnet_ids", {"b": "2", "a": "1"})) == ["a", "b"]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda kind: kind.__name__)
def test_a_contract_cannot_be_changed_after_it_was_read(contract: type) -> None:
    assert dataclasses.is_dataclass(contract)
    assert contract.__dataclass_params__.frozen


def test_stacks_are_named_after_their_cluster() -> None:
    assert stack_id("prod", "network") == "prod-network"

"""The whole life of every example: applied, planned again, destroyed, by the real Terraform and the real AWS provider.

Two of them by default; `EKSCLAVE_REHEARSE=all`, as CI sets it, plays every one.
"""

from __future__ import annotations

import pytest

from .conftest import ALL, ROOT, STAGES, rehearse

pytestmark = pytest.mark.slow

USUAL = ("01-minimal", "02-existing-vpc")
EXAMPLES = [spec.stem for spec in sorted((ROOT / "clusters").glob("[0-9]*.yaml")) if ALL or spec.stem in USUAL]

ALWAYS = {
    "endpoints before nodes",
    "endpoint rules before nodes",
    "node policies before nodes",
    "network plugin before nodes",
    "cluster never public",
    "services kept to",
    "nothing left this machine",
}
"""Proofs that must have something to look at, whatever the example."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_lives_and_dies_well(example: str) -> None:
    told = rehearse(f"clusters/{example}.yaml")
    *played, workloads = told["stacks"]
    assert [[stage["stage"] for stage in stack["stages"]] for stack in played] == [STAGES] * 5
    assert workloads["name"].endswith("-workloads")
    assert "--kubeconfig names one" in workloads["skipped"]
    outcomes = {proof["name"]: proof["outcome"] for proof in told["proofs"]}
    assert {name for name in ALWAYS if outcomes[name] == "pass"} == ALWAYS
    assert told["left"] == []
    assert not [note for note in told["notes"] if "emulator, not the stack" in note]

"""The whole life of every example: applied, planned again, destroyed, by the real Terraform and the real AWS provider.

Two of them by default; `EKSCLAVE_REHEARSE=all`, as CI sets it, plays every one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import terraform

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
USUAL = ("01-minimal", "02-existing-vpc")
ALL = os.environ.get("EKSCLAVE_REHEARSE") == "all"
EXAMPLES = [spec.stem for spec in sorted((ROOT / "clusters").glob("[0-9]*.yaml")) if ALL or spec.stem in USUAL]

STAGES = ["init", "plan", "apply", "second plan", "destroy"]
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


def _rehearse(example: str) -> tuple[int, dict[str, Any], str]:
    command = [sys.executable, "-c", "from eksclave.cli import main; main()", "rehearse", f"clusters/{example}.yaml"]
    done = subprocess.run([*command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_lives_and_dies_well(example: str, tmp_path: Path) -> None:
    try:
        terraform(tmp_path)
    except ToolError as missing:
        if ALL:
            raise
        pytest.skip(str(missing))
    code, told, said = _rehearse(example)
    problems = [
        problem for stack in told.get("stacks", []) for stage in stack["stages"] for problem in stage["problems"]
    ]
    assert code == 0, f"{said}\n{json.dumps(problems, indent=2)}"
    *played, workloads = told["stacks"]
    assert [[stage["stage"] for stage in stack["stages"]] for stack in played] == [STAGES] * 5
    assert workloads["name"].endswith("-workloads")
    assert "--kubeconfig names one" in workloads["skipped"]
    outcomes = {proof["name"]: proof["outcome"] for proof in told["proofs"]}
    assert "fail" not in outcomes.values()
    assert {name for name in ALWAYS if outcomes[name] == "pass"} == ALWAYS
    assert told["left"] == []
    assert not [note for note in told["notes"] if "emulator, not the stack" in note]

"""What the rehearsals share: the command, run as a user runs it."""

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

ROOT = Path(__file__).resolve().parents[2]
ALL = os.environ.get("EKSCLAVE_REHEARSE") == "all"
STAGES = ["init", "plan", "apply", "second plan", "destroy"]


@pytest.fixture(autouse=True)
def usable_terraform(tmp_path: Path) -> None:
    """Pass over the test where no terraform is here; in CI that is a failure."""
    try:
        terraform(tmp_path / "found")
    except ToolError as missing:
        if ALL:
            raise
        pytest.skip(str(missing))


def rehearse(target: Path | str) -> dict[str, Any]:
    """Return the JSON of a rehearsal that must go well."""
    command = [sys.executable, "-c", "from eksclave.cli import main; main()", "rehearse", str(target)]
    done = subprocess.run([*command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout or "{}")
    problems = [
        problem for stack in told.get("stacks", []) for stage in stack["stages"] for problem in stage["problems"]
    ]
    failed = [proof for proof in told.get("proofs", []) if proof["outcome"] == "fail"]
    assert done.returncode == 0, f"{done.stderr}\n{json.dumps([problems, failed, told.get('left')], indent=2)}"
    return told

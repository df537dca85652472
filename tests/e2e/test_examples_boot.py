"""Every example that makes its own network is proven to boot, by the verifier, from the synthesized files alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "clusters").glob("[0-9]*.yaml"))
PARTLY_UNKNOWN = {
    "02-existing-vpc": "only AWS knows the existing network before it is read",
    "08-operators": "only the other account can accept the partner's peering",
}


def prove(spec: Path, out: Path) -> dict:
    environment = {**os.environ, "EKSCLAVE_SPECS": str(spec), "CDKTF_OUTDIR": str(out)}
    subprocess.run([sys.executable, str(ROOT / "main.py")], env=environment, check=True)
    command = [sys.executable, "-c", "from eksclave.cli import main; main()", "prove", str(out), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_an_example_boots(spec: Path, tmp_path: Path) -> None:
    said = prove(spec, tmp_path / "out")
    outcomes = [result["outcome"] for result in said["results"]]
    assert outcomes
    assert "fail" not in outcomes
    assert ("unknown" in outcomes) == (spec.stem in PARTLY_UNKNOWN), PARTLY_UNKNOWN.get(spec.stem)

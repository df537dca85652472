"""The real AWS provider, told nothing of the emulator but that it is the proxy, does not get out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest
from eksclave.operate.rehearse.surroundings import ADDRESS, closed, private
from eksclave.terraform.binary import terraform

pytestmark = pytest.mark.slow
BODY = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "provider": {"aws": [{"region": "eu-central-1", "max_retries": 1}]},
    "data": {"aws_caller_identity": {"me": {}}},
}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")
def test_a_provider_that_does_not_know_the_emulator_is_turned_away(tmp_path: Path) -> None:
    for name in ("home", "plugins", "stack", "t"):
        (tmp_path / name).mkdir()
    (tmp_path / "empty").write_text("")
    (tmp_path / "stack" / "main.tf.json").write_text(json.dumps(BODY))
    binary = terraform(tmp_path / "cli")
    base = {**binary.environment, **private(tmp_path, Path(tempfile.gettempdir()))}
    emulator = subprocess.Popen([sys.executable, "-m", "eksclave_emulator"], stdout=subprocess.PIPE, text=True)
    assert emulator.stdout is not None
    try:
        url = json.loads(emulator.stdout.readline())["url"]
        subprocess.run([binary.program, "init"], cwd=tmp_path / "stack", env=base, check=True, capture_output=True)
        open_ = closed(base, url)
        del open_[ADDRESS]
        done = subprocess.run(
            [binary.program, "plan", "-no-color"], cwd=tmp_path / "stack", env=open_, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "Forbidden" in " ".join(done.stderr.split())
        with urllib.request.urlopen(f"{url}/_emulator/calls", timeout=30) as answer:
            calls = json.load(answer)
        assert {call["service"] for call in calls} == {"outside"}
        assert {call["asked"]["host"] for call in calls} == {"sts.eu-central-1.amazonaws.com:443"}
    finally:
        emulator.kill()
        emulator.wait()

"""The ways in which the tools of a rehearsal fail: each told clearly, nothing left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from .tiny import Bench, needs_terraform

pytestmark = pytest.mark.slow


def test_a_missing_terraform_is_told_before_anything_starts(bench: Bench, tmp_path: Path) -> None:
    code, _, err = bench.run(PATH=str(tmp_path))
    assert code == 2
    assert "no terraform or tofu on PATH" in err


def test_a_terraform_that_is_too_old_is_told(bench: Bench, tmp_path: Path) -> None:
    old = tmp_path / "terraform"
    old.write_text("#!/bin/sh\necho Terraform v1.2.9\n")
    old.chmod(0o755)
    code, _, err = bench.run(TERRAFORM_PATH=str(old))
    assert code == 2
    assert "1.2.9 is too old" in err


def _mirror(folder: Path, script: str) -> Path:
    """A mirror whose AWS provider is this shell script."""
    place = folder / "mirror/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
    place.mkdir(parents=True)
    program = place / "terraform-provider-aws_v5.100.0_x5"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return folder / "mirror"


@needs_terraform
def test_a_provider_that_cannot_start_is_told(bench: Bench, tmp_path: Path) -> None:
    mirror = _mirror(tmp_path, "echo boom >&2; exit 3")
    code, out, _ = bench.run(EKSCLAVE_PROVIDER_MIRROR=str(mirror))
    assert code == 1
    assert "error: tiny-network: plan: Failed to load plugin schemas" in out
    assert "= fix: the provider's process crashed; run again with --keep" in out
    assert "tiny-rules was not rehearsed: a stack before it failed" in out


@needs_terraform
def test_a_provider_that_is_killed_in_the_middle_is_told(bench: Bench) -> None:
    process = bench.start()
    killed = _kill(bench, "terraform-provider-aws", process)
    out, err = process.communicate(timeout=400)
    assert killed, err
    assert process.returncode == 1, out + err
    assert "= fix: the provider's process crashed" in out
    assert "not well" in out


def _kill(bench: Bench, name: str, of: subprocess.Popen[str]) -> bool:
    """Kill the first process of this bench with that name, as soon as there is one."""
    while of.poll() is None:
        for entry in Path("/proc").iterdir():
            try:
                mine = entry.name.isdigit() and str(bench.tmp) in (entry / "environ").read_text(errors="replace")
                if mine and name in (entry / "cmdline").read_text().split("\0")[0]:
                    time.sleep(0.3)
                    os.kill(int(entry.name), signal.SIGKILL)
                    return True
            except OSError:
                continue
    return False


@needs_terraform
def test_a_missing_plugin_is_told_with_what_to_do(bench: Bench, tmp_path: Path) -> None:
    mirror = _mirror(tmp_path, "exit 0")
    (mirror / "registry.terraform.io/hashicorp/aws/5.100.0").rename(
        mirror / "registry.terraform.io/hashicorp/aws/1.0.0"
    )
    stack = bench.folder / "stacks/tiny-network/cdk.tf.json"
    body = json.loads(stack.read_text())
    body["terraform"]["required_providers"]["aws"]["version"] = ">= 5.100.0"
    stack.write_text(json.dumps(body))
    code, _, err = bench.run(EKSCLAVE_PROVIDER_MIRROR=str(mirror))
    assert code == 2
    assert "hashicorp/aws cannot be installed" in err
    assert "terraform providers mirror" in err


@needs_terraform
def test_a_port_that_is_taken_is_told(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = bench.run("--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "the emulator cannot listen on port" in err
    assert "leave --port out" in err


@needs_terraform
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        bench = Bench(tmp_path)
        code, out, err = bench.run(TMPDIR=str(small))
        assert code in (1, 2)
        assert "no space left on device" in (out + err).lower()
        assert "Traceback" not in err
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=False)

"""Rehearsals with the real Terraform that go well, and the ways in which they cannot: each told clearly, nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")


def _tiny(folder: Path, bucket: str = "", **vpc: Any) -> Path:
    """Two stacks: a VPC, and a security group in it that reads the VPC's id from the first stack's state."""
    listed = {}
    for name, resource in {
        "tiny-network": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/24", **vpc}}},
        "tiny-rules": {
            "aws_security_group": {
                "main": {
                    "name": "tiny",
                    "description": "x",
                    "vpc_id": "${data.terraform_remote_state.network.outputs.vpc_id}",
                }
            }
        },
    }.items():
        path = {"path": f"/nowhere/{name}.tfstate"}
        s3 = {"bucket": bucket, "key": f"{name}.tfstate", "region": "eu-central-1", "use_lockfile": True}
        body: dict[str, Any] = {
            "terraform": {"backend": {"s3": s3} if bucket else {"local": path}, "required_providers": {"aws": {"source": "aws"}}},
            "provider": {"aws": [{"region": "eu-central-1", "profile": "production"}]},
            "resource": resource,
        }  # fmt: skip
        for kind in resource.values():
            kind["main"]["//"] = {"metadata": {"path": f"{name}/main", "uniqueId": "main"}}
        if name == "tiny-network":
            body["output"] = {"vpc_id": {"value": "${aws_vpc.main.id}"}}
        else:
            config = {**s3, "key": "tiny-network.tfstate"} if bucket else {"path": "/nowhere/tiny-network.tfstate"}
            config.pop("use_lockfile", None)
            body["data"] = {
                "terraform_remote_state": {"network": {"backend": "s3" if bucket else "local", "config": config}}
            }
        place = folder / "stacks" / name
        place.mkdir(parents=True)
        (place / "cdk.tf.json").write_text(json.dumps(body))
        listed[name] = {
            "dependencies": [],
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": listed}))
    return folder


class Bench:
    """Starts `eksclave rehearse` as a user would, with a temporary folder that only this test has."""

    def __init__(self, folder: Path) -> None:
        self.tmp = folder / "tmp"
        self.tmp.mkdir()
        self.folder = _tiny(folder / "cdktf.out")

    def start(self, *options: str, folder: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-c",
            "from eksclave.cli import main; main()",
            "rehearse",
            str(folder or self.folder),
            "--jobs",
            "1",
            *options,
        ]
        env = {
            **os.environ,
            "TMPDIR": str(self.tmp),
            "AWS_PROFILE": "production",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            **environment,
        }
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *options: str, folder: Path | None = None, **environment: str) -> tuple[int, str, str]:
        process = self.start(*options, folder=folder, **environment)
        out, err = process.communicate(timeout=400)
        return process.returncode, out, err

    def left(self) -> list[str]:
        """Return what is still there of this bench: processes that work below its folder, and folders."""
        found = [str(path) for path in self.tmp.iterdir()]
        for entry in Path("/proc").iterdir():
            try:
                if (
                    entry.name.isdigit()
                    and str(self.tmp) in (entry / "environ").read_text(errors="replace")
                    and entry.name != str(os.getpid())
                ):
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def settled(self) -> list[str]:
        """Return what is left, once what is ending has had a moment."""
        until = time.monotonic() + 10
        while self.left() and time.monotonic() < until:
            time.sleep(0.2)
        return self.left()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    assert made.settled() == []


@needs_terraform
def test_a_small_estate_goes_well_and_leaves_its_files_as_they_were(bench: Bench) -> None:
    before = {path: path.read_bytes() for path in sorted(bench.folder.rglob("*")) if path.is_file()}
    code, out, err = bench.run("--format", "json")
    assert code == 0, out + err
    told = json.loads(out)
    assert [(stack["name"], [stage["stage"] for stage in stack["stages"]]) for stack in told["stacks"]] == [
        (name, ["init", "plan", "apply", "second plan", "destroy"]) for name in ("tiny-network", "tiny-rules")
    ]
    assert told["left"] == []
    assert {proof["name"]: proof["outcome"] for proof in told["proofs"]}["services kept to"] == "pass"
    assert {path: path.read_bytes() for path in sorted(bench.folder.rglob("*")) if path.is_file()} == before


@needs_terraform
def test_a_refusal_names_the_stack_the_address_the_construct_and_the_providers_words(
    bench: Bench, tmp_path: Path
) -> None:
    wrong = _tiny(tmp_path / "wrong", cidr_block="10.0.0.0/8")
    code, out, _ = bench.run("--stack", "tiny-network", folder=wrong)
    assert code == 1
    assert "error: tiny-network: apply: " in out or "error: tiny-network: plan: " in out
    assert "--> aws_vpc.main  (construct tiny-network/main)" in out
    assert "not well" in out


@needs_terraform
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, "init done"),
        (signal.SIGTERM, "plan done"),
        (signal.SIGHUP, "apply done"),
        (signal.SIGINT, "second plan done"),
    ],
)
def test_a_signal_ends_every_process_and_removes_every_folder(bench: Bench, number: int, moment: str) -> None:
    process = bench.start("--stack", "tiny-network")
    assert process.stderr is not None
    while moment not in process.stderr.readline():
        assert process.poll() is None, "it ended before that"
    time.sleep(1)
    assert any("terraform" in one for one in bench.left()), "a command is under way"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("wait", [0.7, 2.0])
def test_a_signal_before_anything_is_told_ends_all_as_well(bench: Bench, wait: float) -> None:
    process = bench.start(folder=ROOT / "clusters" / "01-minimal.yaml")
    time.sleep(wait)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in err


@needs_terraform
def test_an_emulator_that_is_killed_in_the_middle_is_told(bench: Bench) -> None:
    process = bench.start()
    assert process.stderr is not None
    assert "init done" in process.stderr.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = {int(pid) for task in children.parent.parent.iterdir() for pid in (task / "children").read_text().split()}
    emulator = next(pid for pid in pids if "eksclave_emulator" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(emulator, signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the emulator ended unexpectedly (signal 9)" in err


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
def test_two_rehearsals_at_once_do_not_meet(bench: Bench) -> None:
    both = [bench.start("--stack", "tiny-network") for _ in range(2)]
    outs = [process.communicate(timeout=400) for process in both]
    assert [process.returncode for process in both] == [0, 0], outs


@needs_terraform
def test_a_held_state_lock_is_told(bench: Bench, tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    folder = _tiny(tmp_path / "s3", bucket="tiny-state")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = bench.start("--stack", "tiny-network", "--port", str(port), folder=folder)

    def hold() -> None:
        s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="eu-central-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        lock = {
            "ID": "1",
            "Operation": "apply",
            "Who": "somebody",
            "Version": "1.11.4",
            "Created": "2026-01-01T00:00:00Z",
            "Path": "x",
        }
        while process.poll() is None:
            try:
                s3.put_object(Bucket="tiny-state", Key="tiny-network.tfstate.tflock", Body=json.dumps(lock))
                return
            except Exception:  # the bucket is not there yet
                time.sleep(0.1)

    threading.Thread(target=hold, daemon=True).start()
    out, err = process.communicate(timeout=400)
    assert process.returncode == 1, out + err
    assert "Error acquiring the state lock" in out
    assert "= fix: another run holds the lock" in out


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

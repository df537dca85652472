"""A small estate of two stacks, and `eksclave rehearse` started on it as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")


def tiny(folder: Path, bucket: str = "", **vpc: Any) -> Path:
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
        self.folder = tiny(folder / "cdktf.out")

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

"""Make every plan.json of the corpus anew with the real Terraform and provider: `python tests/corpus/make.py [NAME …]`.

Offline, save where a folder has a `before`: that is applied to an emulated AWS first, its state is kept as state.json,
and the plan reads from it. Timestamps are left out, so that an unchanged configuration gives an unchanged file.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from eksclave.terraform.binary import Terraform, terraform

CORPUS = Path(__file__).parent
LARGEST = 400_000
APPLIED = ("inline",)  # applied to an emulated AWS too; the state is kept as applied.json


@contextmanager
def emulated_aws() -> Iterator[dict[str, str]]:
    """Run moto while the block lasts; give the environment that sends the provider there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    settings = {**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    server = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        server.terminate()
        server.wait(10)


def make(name: str) -> None:
    """Plan one configuration in a scratch copy and keep its JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        shutil.copytree(CORPUS / name, folder, ignore=shutil.ignore_patterns("*.json", ".terraform*"))
        if not (folder / "before").is_dir():
            keep(name, "plan.json", planned(terraform(Path(scratch)), folder))
            if name in APPLIED:
                with emulated_aws() as environment:
                    binary = terraform(Path(scratch), environment)
                    binary.apply(folder)
                    keep(name, "applied.json", binary.show(folder))
            return
        with emulated_aws() as environment:
            binary = terraform(Path(scratch), environment)
            binary.init(folder / "before")
            binary.apply(folder / "before")
            keep(name, "state.json", binary.show(folder / "before"))
            keep(name, "plan.json", planned(binary, folder))


def planned(binary: Terraform, folder: Path) -> dict[str, Any]:
    """Return the plan of an initialised copy, without what changes from run to run."""
    binary.init(folder)
    binary.plan(folder)
    plan = binary.show(folder, "plan.bin")
    plan.pop("timestamp", None)
    plan.get("relevant_attributes", []).sort(key=orjson.dumps)
    return plan


def keep(name: str, file: str, document: dict[str, Any]) -> None:
    """Write one document beside its configuration."""
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    if len(text) > LARGEST:
        raise SystemExit(f"{name}: {len(text)} bytes of JSON; keep it below {LARGEST}")
    (CORPUS / name / file).write_bytes(text)
    print(f"{name}/{file}: {len(text)} bytes")


if __name__ == "__main__":
    for asked in sys.argv[1:] or sorted(folder.parent.name for folder in CORPUS.glob("*/main.tf")):
        make(asked)

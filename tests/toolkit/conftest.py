"""Apps run in processes of their own: what is loaded lazily, and by which bindings, is a matter of a whole process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TREE = Path(__file__).resolve().parent.parent.parent
SMALL_APP = Path(__file__).with_name("small_app.py")


@dataclass(frozen=True)
class Ran:
    """One finished app: what it printed, and its stacks by path."""

    stdout: str
    stderr: str
    files: Mapping[str, bytes]

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.stdout.splitlines()[-1])

    def stack(self, name: str) -> dict[str, Any]:
        return json.loads(self.files[f"stacks/{name}/cdk.tf.json"])


@pytest.fixture(scope="session")
def run_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Return a function that runs one Python program as an app and reads what it synthesized."""

    def run(program: Sequence[str | Path] = (SMALL_APP,), python: str | Path = sys.executable, **extra: str) -> Ran:
        out = tmp_path_factory.mktemp("app") / "out"
        given = {k: v for k, v in os.environ.items() if k not in ("EKSCLAVE_LAZY", "NODE_OPTIONS", "EKSCLAVE_SPECS")}
        environment = {**given, "PYTHONPATH": str(TREE / "lib"), "CDKTF_OUTDIR": str(out), **extra}
        done = subprocess.run(
            [python, *program], env=environment, cwd=TREE, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stdout + done.stderr
        files = {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}
        return Ran(done.stdout, done.stderr, files)

    return run


@pytest.fixture(scope="session")
def lazily(run_app: Callable[..., Ran]) -> Ran:
    """The small app with the seam on, as everybody gets it."""
    return run_app()

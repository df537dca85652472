"""Try a spec: synthesize it, and let the real terraform validate and plan every AWS stack of a day-0 synth."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eksclave.contracts import ORDER, stack_id
from eksclave.errors import EksclaveError, ToolError
from eksclave.terraform.binary import Terraform

AWS_STACKS = tuple(stack for stack in ORDER if stack != "workloads")
"""`workloads` is planned through the API of the cluster, which is not there on day 0."""


@dataclass(frozen=True)
class Planned:
    """One stack's day-0 plan: how many resources it would make, and how long it took."""

    stack: str
    resources: int
    seconds: float


def find_app(start: Path) -> Path:
    """Return the `main.py` of the app in this folder or above it; raise where there is none."""
    for folder in (start, *start.parents):
        if (folder / "main.py").is_file() and (folder / "stacks").is_dir():
            return folder / "main.py"
    raise EksclaveError(
        "no app here: stacks are made by main.py of the eksclave tree", "clone it and run this inside; see README"
    )


def synth(app: Path, spec: Path, out: Path, *, is_day0: bool = False) -> None:
    """Synthesize one spec with the app into `out`."""
    environment = {**os.environ, "EKSCLAVE_SPECS": str(spec.absolute()), "CDKTF_OUTDIR": str(out.absolute())}
    environment["EKSCLAVE_DAY0"] = "1" if is_day0 else ""
    done = subprocess.run(
        [sys.executable, str(app)], cwd=app.parent, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = done.stderr.strip() or done.stdout.strip()
        raise EksclaveError(told) if done.returncode == 2 else ToolError(f"synth failed: {told}")


@contextmanager
def day0(app: Path, spec: Path) -> Generator[Path]:
    """Give a folder with a day-0 synth of the spec, and take it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="eksclave-try-") as place:
        out = Path(place) / "cdktf.out"
        synth(app, spec, out, is_day0=True)
        yield out


def plan(binary: Terraform, out: Path, cluster: str, stack: str) -> Planned:
    """Initialise, validate and plan one stack of a day-0 synth; raise with Terraform's words where it refuses."""
    folder = out / "stacks" / stack_id(cluster, next(name for name in ORDER if name == stack))
    begun = time.monotonic()
    binary.init(folder)
    binary.validate(folder)
    told = binary.plan(folder).stdout
    made = next((line.split()[1] for line in told.splitlines() if line.startswith("Plan: ")), "0")
    gate = 1  # terraform_data.day0, which is not of the stack
    return Planned(stack, int(made) - gate, time.monotonic() - begun)

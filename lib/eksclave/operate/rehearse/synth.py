"""A spec made into a cdktf.out folder: the app's own `main.py`, run in a process of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from eksclave.errors import EksclaveError, ToolError

from .processes import Processes
from .signals import ending


def app_of(spec: Path) -> Path:
    """Return the `main.py` of the app that a spec belongs to: here, above here, or above the spec."""
    for folder in (Path.cwd(), *Path.cwd().parents, *spec.resolve().parents):
        if (folder / "main.py").is_file() and (folder / "stacks").is_dir():
            return folder / "main.py"
    raise EksclaveError(
        "no app here: stacks are made by main.py of the eksclave tree", "run this inside it, or give a cdktf.out folder"
    )


def synthesize(spec: Path, folder: Path) -> Path:
    """Write the stacks of one spec into `folder`; raise with the app's own words where that fails."""
    app = app_of(spec)
    environment = {**os.environ, "EKSCLAVE_SPECS": str(spec.resolve()), "CDKTF_OUTDIR": str(folder.absolute())}
    environment.pop("EKSCLAVE_DAY0", None)
    processes = Processes()
    try:
        with tempfile.TemporaryDirectory(prefix="eksclave-synth-") as private, ending(processes):
            environment["TMPDIR"] = private  # what the CDK unpacks goes with it, even where the CDK is ended
            done = processes.run([sys.executable, str(app)], app.parent, environment)
    finally:
        processes.close()
    if done.code == 2 and done.stderr.strip():
        raise EksclaveError(done.stderr.strip())
    if done.code:
        words = done.stderr.strip().splitlines()
        raise ToolError(f"the app cannot be synthesized: {words[-1] if words else 'it said nothing'}", where=str(app))
    return folder

"""The wiring diagram: specs → designs → stacks → Terraform JSON.

`python main.py` (or `cdktf synth`) builds the clusters of `clusters/`, without the numbered examples; as long as there
are only those, the first of them. `EKSCLAVE_SPECS` names other files, separated as in PATH; `EKSCLAVE_DAY0=1` plans
before anything exists (stacks/day0.py). A wrong spec writes nothing and exits with 2.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import eksclave.toolkit.ahead  # noqa: F401  Node loads the CDK while Python imports the rest
from eksclave.design.model import Design
from eksclave.errors import EksclaveError
from eksclave.images.opened import open_designs
from eksclave.toolkit import cdktf

from stacks import STACKS
from stacks.base import Setting

HOME = Path(__file__).resolve().parent


def specs() -> list[Path]:
    """Return the spec files that this run is about, in a stable order."""
    if named := os.environ.get("EKSCLAVE_SPECS"):
        return [Path(file) for file in named.split(os.pathsep) if file]
    found = sorted((HOME / "clusters").glob("*.yaml"))
    return [file for file in found if not file.name[0].isdigit()] or found[:1]


def build(
    designs: Sequence[Design], *, outdir: str | None = None, home: Path = HOME, is_day0: bool = False
) -> cdktf.App:
    """Return an app with the six stacks of each design; `synth()` writes it."""
    folder = Path(outdir or os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    app = cdktf.App(outdir=str(folder))
    for design in designs:
        for stack in STACKS:
            stack(app, design, Setting(home, is_day0))
    return app


def main() -> int:
    """Synthesize; say what is wrong with the specs and return 2 where something is."""
    try:
        designs = open_designs(specs())
        build(designs, is_day0=os.environ.get("EKSCLAVE_DAY0", "") not in ("", "0")).synth()
    except EksclaveError as wrong:
        print(wrong, file=sys.stderr)
        return wrong.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

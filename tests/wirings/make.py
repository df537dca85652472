"""Make the plans of the wirings anew with the real Terraform and provider: `python tests/wirings/make.py [NAME …]`.

Each folder holds a correct cluster and its plan. Each `FAULT.diff` is one edit of its configuration, and `FAULT.json`
what the edit changes in the plan, beside what a proof must answer.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson
from eksclave.terraform.binary import terraform

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))
from changes import changes
from corpus.make import emulated_aws, planned

WIRINGS = Path(__file__).parent
SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def make(name: str, environment: dict[str, str]) -> None:
    """Plan one wiring and each of its edits in scratch copies; what is looked up is looked up in an emulated AWS."""
    kept = WIRINGS / name
    with tempfile.TemporaryDirectory() as scratch:
        binary = terraform(Path(scratch), environment)
        folder = Path(scratch) / "ok"
        shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("*.diff", "plan.json"))
        for told in kept.glob("*.json"):
            if not told.name.endswith(".tf.json"):
                (folder / told.name).unlink(missing_ok=True)
        base = planned(binary, folder)
        (kept / "plan.json").write_bytes(orjson.dumps(base, option=SORTED))
        for edit in sorted(kept.glob("*.diff")):
            edited = Path(scratch) / edit.stem
            shutil.copytree(folder, edited)
            subprocess.run(["patch", "-s", "-p1", "-i", edit], cwd=edited, check=True)
            told = orjson.loads(edit.with_suffix(".json").read_bytes())
            told["changes"] = changes(base, planned(binary, edited))
            edit.with_suffix(".json").write_bytes(orjson.dumps(told, option=SORTED))
            print(f"{name}/{edit.stem}: {len(told['changes'])} changes")


if __name__ == "__main__":
    with emulated_aws() as environment:
        for asked in sys.argv[1:] or sorted(plan.parent.name for plan in WIRINGS.glob("*/plan.json")):
            make(asked, environment)

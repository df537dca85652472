"""Make every plan.json of the corpus anew with the real Terraform and provider: `python tests/corpus/make.py [NAME …]`.

Offline: the configurations use no data source that asks AWS, save those whose folder has a `moto` file. Timestamps are
left out, so that an unchanged configuration gives an unchanged file.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import orjson
from eksclave.terraform.binary import terraform

CORPUS = Path(__file__).parent
LARGEST = 400_000


def make(name: str) -> None:
    """Plan one configuration in a scratch copy and keep its JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        shutil.copytree(CORPUS / name, folder, ignore=shutil.ignore_patterns("*.json", ".terraform*"))
        binary = terraform(Path(scratch))
        binary.init(folder)
        binary.plan(folder)
        plan = binary.show(folder, "plan.bin")
    plan.pop("timestamp", None)
    text = orjson.dumps(plan, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    if len(text) > LARGEST:
        raise SystemExit(f"{name}: {len(text)} bytes of plan JSON; keep it below {LARGEST}")
    (CORPUS / name / "plan.json").write_bytes(text)
    print(f"{name}: {len(text)} bytes")


if __name__ == "__main__":
    for asked in sys.argv[1:] or sorted(folder.parent.name for folder in CORPUS.glob("*/main.tf")):
        make(asked)

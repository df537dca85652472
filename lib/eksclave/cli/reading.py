"""What `prove` and `explain` read: files, folders and standard input, into one snapshot."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eksclave.reach.snapshot import Snapshot


def read_input(inputs: Sequence[str]) -> tuple[Snapshot, frozenset[str]]:
    """Return the snapshot of the inputs, and the addresses of what stands already; raise where one cannot be read."""
    import tempfile

    from eksclave.reach.build import snapshot
    from eksclave.terraform.read import read_world

    with tempfile.TemporaryDirectory(prefix="eksclave-") as folder:
        paths = [Path(name) for name in inputs if name != "-"]
        if "-" in inputs:
            piped = Path(folder) / "stdin.json"
            piped.write_bytes(sys.stdin.buffer.read())
            paths.append(piped)
        world = read_world(paths)
        existing = frozenset(one.address for one in world.resources.values() if one.action == "no-op")
        return snapshot(world), existing

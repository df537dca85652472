"""What `prove` and `explain` read: files, folders and standard input, into one snapshot."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eksclave.reach.snapshot import Snapshot


@dataclass(frozen=True)
class Read:
    """The snapshot, the addresses of what stands already, and what the readers assumed or could not use."""

    snapshot: Snapshot
    existing: frozenset[str]
    notes: tuple[tuple[str, str], ...]


def read_input(inputs: Sequence[str]) -> Read:
    """Return what the inputs say, as one world; raise where one cannot be read."""
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
        found = snapshot(world)
        told = [one for one in world.notes if one.kind != "plain"]
        assumed = {(f"{one.address}.{one.attribute}".rstrip("."), one.text) for one in told}
        return Read(found, existing, tuple(sorted({*assumed, *found.unread})))

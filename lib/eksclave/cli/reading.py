"""What `prove` and `explain` read: files, folders and standard input, into one snapshot."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eksclave.reach.facts.clusters import ImageLock
    from eksclave.reach.snapshot import Snapshot


@dataclass(frozen=True)
class Read:
    """The snapshot, the addresses of what stands already, and what the readers assumed or could not use."""

    snapshot: Snapshot
    existing: frozenset[str]
    notes: tuple[tuple[str, str], ...]


def read_input(inputs: Sequence[str], locks: Sequence[Path] = (), image_paths: Sequence[str] = ()) -> Read:
    """Return what the inputs say, as one world, beside what lock files say; raise where one cannot be read.

    `image_paths` are further fields that hold images, as `Kind.group:path`.
    """
    import tempfile

    from eksclave.catalog.image_fields import DEFAULT_PATHS
    from eksclave.reach.build import snapshot
    from eksclave.terraform.read import read_world

    with tempfile.TemporaryDirectory(prefix="eksclave-") as folder:
        paths = [Path(name) for name in inputs if name != "-"]
        if "-" in inputs:
            piped = Path(folder) / "stdin.json"
            piped.write_bytes(sys.stdin.buffer.read())
            paths.append(piped)
        world = read_world(paths)
        existing = frozenset(one.address for one in world.resources.values() if one.action in ("no-op", "forget"))
        found = snapshot(world, _paths(image_paths) if image_paths else DEFAULT_PATHS)
        if locks:
            found = replace(found, image_locks=(*found.image_locks, *map(_lock, locks)))
        told = [one for one in world.notes if one.kind != "plain"]
        assumed = {(f"{one.address}.{one.attribute}".rstrip("."), one.text) for one in told}
        return Read(found, existing, tuple(sorted({*assumed, *found.unread})))


def _lock(path: Path) -> ImageLock:
    """Return a lock file as a fact; of which account and Region it speaks, it does not say."""
    from eksclave.images.locktext import read
    from eksclave.reach.facts.clusters import ImageLock
    from eksclave.reach.facts.values import Origin

    lock = read(path)
    cached = {one.repository.removesuffix(f"/{one.source.repository}") for one in lock.images if one.cached}
    return ImageLock(f"file {path}", Origin(str(path)), "", tuple(sorted({lock.prefix, *cached})), lock.pinned)


def _paths(written: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    from eksclave.images.manifests import read_paths

    return read_paths(written)

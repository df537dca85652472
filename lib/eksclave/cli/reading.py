"""What `prove` and `explain` read: files, folders and standard input, into one snapshot."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eksclave.cli.inputs import check_names, files_by_label, filtered, in_users_words, without_cluster
from eksclave.errors import InputError

if TYPE_CHECKING:
    from eksclave.reach.facts.clusters import ImageLock
    from eksclave.reach.snapshot import Snapshot
    from eksclave.terraform.model import World


@dataclass(frozen=True)
class Read:
    """The snapshot, the addresses of what stands already, and what the readers assumed or could not use."""

    snapshot: Snapshot
    existing: frozenset[str]
    notes: tuple[tuple[str, str], ...]
    files: Mapping[str, str]
    """The file that holds an address, where `read_input` was asked for it."""


def read_input(
    inputs: Sequence[str], locks: Sequence[Path] = (), image_paths: Sequence[str] = (), placing: bool = False
) -> Read:
    """Return what the inputs say, as one world, beside what lock files say; raise where one cannot be read.

    `image_paths` are further fields that hold images, as `Kind.group:path`; `placing` asks for `files`.
    """
    check_names(inputs)
    with tempfile.TemporaryDirectory(prefix="eksclave-") as folder:
        piped = Path(folder) / "stdin.json" if "-" in inputs else None
        if piped:
            piped.write_bytes(sys.stdin.buffer.read())
        paths = [piped if piped and name == "-" else Path(name) for name in dict.fromkeys(inputs)]
        return _read(paths, piped, locks, image_paths, placing)


def _read(
    paths: Sequence[Path], piped: Path | None, locks: Sequence[Path], image_paths: Sequence[str], placing: bool
) -> Read:
    from eksclave.catalog.image_fields import DEFAULT_PATHS
    from eksclave.reach.build import snapshot
    from eksclave.terraform.read import read_world

    try:
        world = read_world(paths)
    except InputError as wrong:
        raise in_users_words(wrong, piped) from None
    existing = frozenset(one.address for one in world.resources.values() if one.action in ("no-op", "forget"))
    found = snapshot(world, _paths(image_paths) if image_paths else DEFAULT_PATHS)
    if not found.clusters and not any(kind == "aws_eks_cluster" for _, kind, _ in found.destroyed):
        raise without_cluster(world, files_by_label(world, paths), piped)
    if locks:
        found = replace(found, image_locks=(*found.image_locks, *map(_lock, locks)))
    told = [one for one in world.notes if one.kind != "plain"]
    assumed = {(f"{one.address}.{one.attribute}".rstrip("."), one.text) for one in told}
    bare = tuple(filtered(paths, piped))
    for name, text in bare:
        click.echo(f"warning: {name}: {text}", err=True)
    files = _placed(world, files_by_label(world, paths), piped) if placing else {}
    return Read(found, existing, tuple(sorted({*assumed, *found.unread, *bare})), files)


def _placed(world: World, files: Mapping[str, Path], piped: Path | None) -> Mapping[str, str]:
    """Return the file of each address; `-` is standard input."""
    named = {label: "-" if path == piped else str(path) for label, path in files.items()}
    return {address: named[one.source] for address, one in world.resources.items() if one.source in named}


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

"""Fills an archive. A blob enters it by a rename, after skopeo checked its digest; index.json is replaced in one step.

A kill leaves no half file, and a run that brings a part leaves what others brought.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError
from eksclave.images.archive import Archive
from eksclave.images.copier import Copier
from eksclave.images.copy import Source, may_pass
from eksclave.images.credentials import Logins
from eksclave.images.lockfile import NESTED, LockedImage
from eksclave.images.manifest import INDEX_TYPES
from eksclave.images.patience import Patience

REF_NAME = "org.opencontainers.image.ref.name"
PARTIAL = ".partial-"
"""How the name of everything begins that is not whole yet."""


@dataclass(frozen=True)
class Packer:
    """Writes locked images into an archive; what is there and whole is not fetched again."""

    archive: Archive
    copier: Copier
    source: Source
    logins: Logins
    patience: Patience

    def pack(self, locked: LockedImage) -> bool:
        """Bring one image, with its signatures, into the archive; return whether anything had to be fetched."""
        fetched = False
        for digest in self._indexes(locked):
            if not self.archive.blob(digest).is_file():
                self._keep(self.archive.blob(digest), self.source.manifest(locked, digest).body)
        for digest in [*_parts(locked), *(attached.digest for attached in locked.attached)]:
            if self.archive.lacks(locked, digest):
                self._fetch(locked, digest)
                fetched = True
        return fetched

    def _indexes(self, locked: LockedImage) -> list[str]:
        """Return the indexes that are kept by us, because no copier writes them: of other platforms, or of indexes."""
        if locked.is_nested:
            return [locked.digest, *(p.digest for p in locked.platforms if p.name == NESTED)]
        return [locked.upstream_digest] if locked.upstream_digest else []

    def finish(self, images: tuple[LockedImage, ...], earlier: Sequence[dict[str, Any]] = ()) -> None:
        """Write `oci-layout` and index.json, which name every image by its upstream reference.

        What `earlier` runs brought stays, unless the same reference means something else now.
        """
        rows: list[dict[str, Any]] = []
        for locked in images:
            for digest in _parts(locked) if locked.upstream_digest else [locked.digest]:
                rows.append(self._row(locked, digest, str(locked.source)))
            rows += [
                self._row(locked, a.digest, f"{locked.source.name}:{a.tag}" if a.tag else "") for a in locked.attached
            ]
        names, digests = {_name(row) for row in rows if _name(row)}, {row["digest"] for row in rows}
        kept = [row for row in earlier if (_name(row) not in names if _name(row) else row["digest"] not in digests)]
        rows = sorted([*kept, *rows], key=lambda row: (_name(row), row["digest"]))
        index = {"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": rows}
        self._keep(self.archive.folder / "index.json", (json.dumps(index, indent=1) + "\n").encode())
        self._keep(self.archive.folder / "oci-layout", b'{"imageLayoutVersion": "1.0.0"}\n')

    def _row(self, locked: LockedImage, digest: str, name: str) -> dict[str, Any]:
        manifest = self.archive.manifest(locked, digest)
        row: dict[str, Any] = {"mediaType": manifest.media_type, "digest": digest, "size": len(manifest.body)}
        return {**row, "annotations": {REF_NAME: name}} if name else row

    def _fetch(self, locked: LockedImage, digest: str) -> None:
        def once() -> None:
            self.archive.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=self.archive.folder) as name:
                with self.source.reference(locked, digest) as source:
                    self.copier.copy(source, f"dir:{name}", self.logins, locked.size)
                self._take(Path(name), digest)

        self.patience.call(once, self.source.host(locked), may_pass)

    def _take(self, folder: Path, digest: str) -> None:
        """Move skopeo's files to where an OCI layout has them: blobs first, the top manifest last."""
        for path in sorted(folder.iterdir()):
            if path.name not in ("version", "manifest.json") and not path.name.startswith("signature-"):
                self._move(path, f"sha256:{path.name.removesuffix('.manifest.json')}")
        self._move(folder / "manifest.json", digest)

    def _move(self, path: Path, digest: str) -> None:
        place = self.archive.blob(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as written:
            os.fsync(written.fileno())
        path.replace(place)

    def _keep(self, place: Path, body: bytes) -> None:
        """Write a file of the layout in one step."""
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=PARTIAL, dir=self.archive.folder, delete=False) as new:
            try:
                new.write(body)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(0o644)
                Path(new.name).replace(place)
            except BaseException:
                Path(new.name).unlink()
                raise


def _name(row: dict[str, Any]) -> str:
    return (row.get("annotations") or {}).get(REF_NAME, "")


def _parts(locked: LockedImage) -> list[str]:
    """Return the digests that the copier is asked for: the whole image, or one platform after the other."""
    if not locked.upstream_digest and not locked.is_nested:
        return [locked.digest]
    return [platform.digest for platform in locked.platforms if platform.name != NESTED]


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """Keep others from writing into the archive meanwhile; first remove what a killed run left half done."""
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        said = f"the archive cannot be written: {error.strerror}"
        raise EksclaveError(said, "name a folder that can be made", str(folder)) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EksclaveError("another run is writing this archive", "wait for its end", str(folder)) from error
        for partial in folder.glob(f"{PARTIAL}*"):
            if partial.is_dir():
                shutil.rmtree(partial, ignore_errors=True)
            else:
                partial.unlink(missing_ok=True)
        yield
    finally:
        os.close(held)

"""An archive for links that cross an air gap: one OCI image layout on disk, written by skopeo and read by skopeo.

skopeo's own `oci:` transport refuses Docker's manifest types, because it may not change a digest; its `dir:` transport
takes everything. So skopeo writes and reads a `dir:`, and we only name its files as an OCI layout does. A blob enters
the layout by a rename, after skopeo checked its digest; index.json is replaced in one step. A kill leaves no half file.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError
from eksclave.images.copier import Copier
from eksclave.images.copy import Source, may_pass
from eksclave.images.credentials import Logins
from eksclave.images.lockfile import NESTED, LockedImage
from eksclave.images.manifest import INDEX_TYPES, BadManifest, Manifest, read_manifest
from eksclave.images.patience import Patience

REF_NAME = "org.opencontainers.image.ref.name"
DIR_VERSION = "Directory Transport Version: 1.1\n"


@dataclass(frozen=True)
class Archive:
    """An OCI image layout (image-layout.md of the OCI image specification) in a folder."""

    folder: Path

    def host(self, locked: LockedImage) -> str:
        """Return the name under which its patience is kept: a disk has no rate limit."""
        return f"archive {locked.source.registry}"

    def blob(self, digest: str) -> Path:
        """Return where the layout keeps these bytes."""
        algorithm, _, mark = digest.partition(":")
        return self.folder / "blobs" / algorithm / mark

    def manifest(self, locked: LockedImage, digest: str) -> Manifest:
        """Return one manifest, hashed again."""
        path = self.blob(digest)
        if not path.is_file():
            raise EksclaveError(f"the archive has no manifest {digest}", "write the archive again", str(self.folder))
        try:
            return read_manifest(path.read_bytes(), "", digest)
        except BadManifest as error:
            said = f"manifest {digest} is corrupt in the archive: {error.said}"
            raise EksclaveError(said, "write the archive again", str(path)) from error

    def lacks(self, locked: LockedImage, digest: str) -> tuple[str, ...]:
        """Return what is not in the archive below `digest`; blobs by their size."""
        if not self.blob(digest).is_file():
            return (digest,)
        manifest = self.manifest(locked, digest)
        lacks = [gone for child in manifest.children for gone in self.lacks(locked, child["digest"])]
        for blob in manifest.blobs:
            path = self.blob(blob["digest"])
            if not path.is_file() or path.stat().st_size != blob["size"]:
                lacks.append(blob["digest"])
        return tuple(lacks)

    @contextmanager
    def reference(self, locked: LockedImage, digest: str) -> Generator[str]:
        """Give a `dir:` with links to the manifest and all below it, for skopeo to read."""
        lacks = self.lacks(locked, digest)
        if lacks:
            raise EksclaveError(f"the archive lacks {lacks[0]}", "write the archive again", str(self.folder))
        with tempfile.TemporaryDirectory(prefix="eksclave-dir-") as name:
            folder = Path(name)
            (folder / "version").write_text(DIR_VERSION)
            (folder / "manifest.json").symlink_to(self.blob(digest).resolve())
            self._link(locked, digest, folder)
            yield f"dir:{folder}"

    def _link(self, locked: LockedImage, digest: str, folder: Path) -> None:
        manifest = self.manifest(locked, digest)
        for child in manifest.children:
            (folder / f"{_mark(child['digest'])}.manifest.json").symlink_to(self.blob(child["digest"]).resolve())
            self._link(locked, child["digest"], folder)
        for blob in manifest.blobs:
            link = folder / _mark(blob["digest"])
            if not link.is_symlink():
                link.symlink_to(self.blob(blob["digest"]).resolve())


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
                self._keep(digest, self.source.manifest(locked, digest).body)
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

    def finish(self, images: tuple[LockedImage, ...]) -> None:
        """Write `oci-layout` and index.json, which name every image by its upstream reference."""
        rows: list[dict[str, Any]] = []
        for locked in images:
            for digest in _parts(locked) if locked.upstream_digest else [locked.digest]:
                rows.append(self._row(locked, digest, str(locked.source)))
            rows += [
                self._row(locked, a.digest, f"{locked.source.name}:{a.tag}" if a.tag else "") for a in locked.attached
            ]
        index = {"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": rows}
        _replace(self.archive.folder / "index.json", (json.dumps(index, indent=1) + "\n").encode())
        _replace(self.archive.folder / "oci-layout", b'{"imageLayoutVersion": "1.0.0"}\n')

    def _row(self, locked: LockedImage, digest: str, name: str) -> dict[str, Any]:
        manifest = self.archive.manifest(locked, digest)
        row: dict[str, Any] = {"mediaType": manifest.media_type, "digest": digest, "size": len(manifest.body)}
        return {**row, "annotations": {REF_NAME: name}} if name else row

    def _fetch(self, locked: LockedImage, digest: str) -> None:
        def once() -> None:
            self.archive.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".partial-", dir=self.archive.folder) as name:
                with self.source.reference(locked, digest) as source:
                    self.copier.copy(source, f"dir:{name}", self.logins)
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

    def _keep(self, digest: str, body: bytes) -> None:
        place = self.archive.blob(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place, body)


def _parts(locked: LockedImage) -> list[str]:
    """Return the digests that the copier is asked for: the whole image, or one platform after the other."""
    if not locked.upstream_digest and not locked.is_nested:
        return [locked.digest]
    return [platform.digest for platform in locked.platforms if platform.name != NESTED]


def open_archive(folder: str | Path) -> Archive:
    """Return the archive in this folder; raise where there is none that was finished."""
    path = Path(folder)
    if not (path / "oci-layout").is_file() or not (path / "index.json").is_file():
        raise EksclaveError("is not a finished archive", "write it with `eksclave images copy --archive`", str(path))
    return Archive(path)


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
        for partial in folder.glob(".partial-*"):
            shutil.rmtree(partial, ignore_errors=True)
        yield
    finally:
        os.close(held)


def _replace(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with new.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)


def _mark(digest: str) -> str:
    return digest.partition(":")[2]

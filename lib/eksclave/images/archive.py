"""An archive for links that cross an air gap: one OCI image layout on disk, written by skopeo and read by skopeo.

skopeo's own `oci:` transport refuses Docker's manifest types, because it may not change a digest; its `dir:` transport
takes everything. So skopeo writes and reads a `dir:`, and we only name its files as an OCI layout does.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError
from eksclave.images.lockfile import LockedImage
from eksclave.images.manifest import BadManifest, Manifest, is_descriptor, read_manifest

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

    def rows(self) -> list[dict[str, Any]]:
        """Return what index.json names and the layout still has; none where nothing was written yet."""
        path = self.folder / "index.json"
        if not path.exists():
            return []
        try:
            listed = json.loads(path.read_bytes())["manifests"]
            if not all(is_descriptor(row) for row in listed):
                raise ValueError
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise EksclaveError("is not the index of an OCI layout", "name another folder", str(path)) from error
        return [row for row in listed if self.blob(row["digest"]).is_file()]

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


def open_archive(folder: str | Path) -> Archive:
    """Return the archive in this folder; raise where there is none that was finished."""
    path = Path(folder)
    if not (path / "oci-layout").is_file() or not (path / "index.json").is_file():
        raise EksclaveError("is not a finished archive", "write it with `eksclave images copy --archive`", str(path))
    return Archive(path)


def _mark(digest: str) -> str:
    return digest.partition(":")[2]

"""Whether a registry holds an image whole: every manifest by its digest, every blob by its size."""

from __future__ import annotations

from eksclave.images.lockfile import LockedImage
from eksclave.images.manifest import Manifest
from eksclave.images.registry import Registry, RegistryError


def missing(registry: Registry, repository: str, digest: str, seen: set[str] | None = None) -> tuple[str, ...]:
    """Return what lacks below `digest`, empty where the image is whole. Manifests are read and hashed again.

    What is in `seen` is not asked for again; what is asked for is added.
    """
    seen = set() if seen is None else seen
    lacks: list[str] = []
    waiting = [digest]
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        manifest = manifest_or_none(registry, repository, wanted)
        if manifest is None:
            lacks.append(f"manifest {wanted}")
            continue
        waiting += [child["digest"] for child in reversed(manifest.children)]
        for blob in manifest.blobs:
            if blob["digest"] not in seen:
                seen.add(blob["digest"])
                lacks += _lacks(registry, repository, blob["digest"], blob["size"])
    return tuple(lacks)


def _lacks(registry: Registry, repository: str, digest: str, size: int) -> list[str]:
    held = registry.blob_size_or_none(repository, digest)
    if held is None:
        return [f"blob {digest}"]
    return [] if held in (-1, size) else [f"blob {digest}: {held} bytes instead of {size}"]


def missing_of(registry: Registry, locked: LockedImage) -> tuple[str, ...]:
    """Return what lacks of a locked image, its signatures and attestations included."""
    seen: set[str] = set()
    lacks = list(missing(registry, locked.repository, locked.digest, seen))
    for attached in locked.attached:
        lacks += [f"{attached.type}: {what}" for what in missing(registry, locked.repository, attached.digest, seen)]
    return tuple(lacks)


def manifest_or_none(registry: Registry, repository: str, reference: str) -> Manifest | None:
    """Return the manifest, or None where the registry has none or gives other bytes than were asked for."""
    try:
        return registry.manifest(repository, reference)
    except RegistryError as error:
        if error.status in (404, 200):
            return None
        raise

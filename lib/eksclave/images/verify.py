"""Whether a registry holds an image whole: every manifest by its digest, every blob by its size."""

from __future__ import annotations

from eksclave.images.lockfile import LockedImage
from eksclave.images.registry import Manifest, Registry, RegistryError


def missing(registry: Registry, repository: str, digest: str) -> tuple[str, ...]:
    """Return what lacks below `digest`, empty where the image is whole. Manifests are read and hashed again."""
    manifest = manifest_or_none(registry, repository, digest)
    if manifest is None:
        return (f"manifest {digest}",)
    lacks: list[str] = []
    for child in manifest.children:
        lacks += missing(registry, repository, child["digest"])
    for blob in manifest.blobs:
        size = registry.blob_size_or_none(repository, blob["digest"])
        if size is None:
            lacks.append(f"blob {blob['digest']}")
        elif size not in (-1, blob["size"]):
            lacks.append(f"blob {blob['digest']}: {size} bytes instead of {blob['size']}")
    return tuple(lacks)


def missing_of(registry: Registry, locked: LockedImage) -> tuple[str, ...]:
    """Return what lacks of a locked image, its signatures and attestations included."""
    lacks = list(missing(registry, locked.repository, locked.digest))
    for attached in locked.attached:
        lacks += [f"{attached.type}: {what}" for what in missing(registry, locked.repository, attached.digest)]
    return tuple(lacks)


def manifest_or_none(registry: Registry, repository: str, reference: str) -> Manifest | None:
    """Return the manifest, or None where the registry has none or gives other bytes than were asked for."""
    try:
        return registry.manifest(repository, reference)
    except RegistryError as error:
        if error.status in (404, 200):
            return None
        raise

"""A manifest as a registry gave it: bytes, type and digest; refused where a copier could read it in another way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast

from eksclave.catalog.images import is_digest
from eksclave.errors import EksclaveError

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+"
MAX_MANIFEST = 4 * 1024 * 1024
"""What registries promise to take (OCI distribution 1.1, "Pushing Manifests"), and ECR's own limit."""


class BadManifest(EksclaveError):
    """These bytes are no manifest that can be copied."""


@dataclass(frozen=True)
class Manifest:
    """The bytes of a manifest or index, with their type and digest."""

    media_type: str
    digest: str
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        """The JSON in it."""
        return json.loads(self.body)

    @property
    def is_index(self) -> bool:
        """Whether it lists manifests, one per platform."""
        return self.media_type in INDEX_TYPES

    @property
    def children(self) -> tuple[dict[str, Any], ...]:
        """The descriptors of the manifests that an index lists."""
        return tuple(self.content.get("manifests") or ()) if self.is_index else ()

    @property
    def nested(self) -> tuple[str, ...]:
        """The digests of the indexes that an index lists."""
        return tuple(child["digest"] for child in self.children if child["mediaType"] in INDEX_TYPES)

    @property
    def blobs(self) -> tuple[dict[str, Any], ...]:
        """The descriptors of config and layers that a registry must hold (foreign layers stay with their owner)."""
        content = self.content
        held = [] if self.is_index else [content["config"], *(content.get("layers") or ())]
        return tuple(b for b in held if "foreign" not in b["mediaType"] and "nondistributable" not in b["mediaType"])


def read_manifest(body: bytes, media_type: str, digest: str = "") -> Manifest:
    """Return the manifest in `body`; `media_type` is what the registry called it, `digest` what was asked for.

    What is read later is checked here once: every descriptor has a type, a whole digest and a size. Bytes that are an
    index to one reader and an image to another are refused (CVE-2021-41190).
    """
    if len(body) > MAX_MANIFEST:
        raise BadManifest(f"a manifest of more than {MAX_MANIFEST // 1024**2} MiB", "no registry takes that")
    algorithm = digest.partition(":")[0] or "sha256"
    found = f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"
    if digest and found != digest:
        raise BadManifest(f"the registry gave {found} for {digest}", "the content is corrupt")
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadManifest("the registry gave a manifest that is not JSON") from None
    if not isinstance(content, dict):
        raise BadManifest("the registry gave a manifest that is not a JSON object")
    named = cast(dict[str, Any], content)
    media_type = str(named.get("mediaType") or media_type or _guess(named))
    if media_type.startswith(SCHEMA_1):
        raise BadManifest("the image is in Docker's schema 1, which ECR does not take", "push it with a newer tool")
    if media_type not in (*INDEX_TYPES, *MANIFEST_TYPES):
        raise BadManifest(f"manifest type '{media_type}' is not supported", "rebuild or retag the image")
    _check(named, media_type in INDEX_TYPES)
    return Manifest(media_type, found, body)


def _guess(content: dict[str, Any]) -> str:
    return INDEX_TYPES[0] if "manifests" in content else MANIFEST_TYPES[0]


def _check(content: dict[str, Any], is_index: bool) -> None:
    other = [key for key in (("config", "layers") if is_index else ("manifests",)) if content.get(key)]
    if other:
        raise BadManifest(f"the manifest is an image and an index at once: it has '{other[0]}'", "rebuild the image")
    held: list[Any] = []
    for key in ("manifests",) if is_index else ("layers",):
        listed = content.get(key) or []
        if not isinstance(listed, list):
            raise BadManifest(f"'{key}' of the manifest is not a list", "rebuild the image")
        held += cast(list[Any], listed)
    if not is_index:
        held.append(content.get("config"))
    if content.get("subject"):
        held.append(content["subject"])
    for descriptor in held:
        if not is_descriptor(descriptor):
            raise BadManifest(f"the manifest names something without type, digest and size: {_short(descriptor)}")


def is_descriptor(value: Any) -> bool:
    """Whether this names content as the OCI image specification says, descriptor.md."""
    if not isinstance(value, dict):
        return False
    one = cast(dict[str, Any], value)
    size, named, annotated = one.get("size"), one.get("platform"), one.get("annotations")
    return (
        isinstance(one.get("mediaType"), str)
        and isinstance(one.get("digest"), str)
        and is_digest(one["digest"])
        and isinstance(size, int)
        and not isinstance(size, bool)
        and size >= 0
        and isinstance(one.get("artifactType") or "", str)
        and _is_words(named)
        and _is_words(annotated)
    )


def _is_words(value: Any) -> bool:
    """Whether this is left out, or an object whose values are text (or lists of it, as in `os.features`)."""
    if value is None:
        return True
    return isinstance(value, dict) and all(isinstance(v, str | list) for v in cast(dict[str, Any], value).values())


def _short(value: Any) -> str:
    told = json.dumps(value)
    return told if len(told) <= 80 else f"{told[:80]}…"

"""From references to digests: asks the real registries what each image is today."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from eksclave.catalog.images import CanonicalImage
from eksclave.errors import EksclaveError, InputError, Mistake
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import NESTED, Attached, Lock, LockedImage, LockedPlatform
from eksclave.images.manifest import Manifest
from eksclave.images.pool import each
from eksclave.images.registry import Registry

COSIGN_SUFFIXES = {".sig": "cosign-signature", ".att": "cosign-attestation", ".sbom": "cosign-sbom"}
ATTESTATION = "attestation"
MAX_CONFIG = 4 * 1024 * 1024
MAX_ATTACHED = 1000
"""Of one image; what has more is not looked after by its owner."""
# RFC 6838, 4.2: what a media type may be made of; a parameter is left away by nobody who writes an artifact type.
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")

Open = Callable[[str], Registry]


def lock(
    images: Iterable[CanonicalImage],
    home: Home,
    platforms: tuple[str, ...],
    open_registry: Open,
    jobs: int = 8,
    done: Callable[[str], None] = lambda _: None,
    interrupted: Callable[[], None] = lambda: None,
) -> Lock:
    """Return the lock of `images` as their registries have them now; every image that fails is told, all at once.

    `platforms` are those wanted (`linux/amd64`); none wanted means the whole upstream index, with its digest unchanged.
    `done` hears of each image as its registry has answered, `interrupted` is called on Ctrl-C.
    """
    wanted = sorted(set(images))

    def one(image: CanonicalImage) -> LockedImage | Mistake:
        try:
            return resolve(image, home, platforms, open_registry(image.registry))
        except EksclaveError as error:
            return Mistake(error.where or str(image), "", error.said, error.fix)

    told = each(wanted, one, jobs, lambda a: done(a.where if isinstance(a, Mistake) else str(a.source)), interrupted)
    mistakes = [answer for answer in told if isinstance(answer, Mistake)]
    if mistakes:
        raise InputError(mistakes)
    locked = tuple(sorted(answer for answer in told if isinstance(answer, LockedImage)))
    return Lock(home.prefix, locked, tuple(sorted(platforms)))


def resolve(image: CanonicalImage, home: Home, platforms: tuple[str, ...], registry: Registry) -> LockedImage:
    """Return one image as its registry has it now."""
    top = registry.manifest(image.repository, image.digest or image.tag)
    is_cached = home.kind(image) is Kind.CACHE
    if is_cached:
        platforms = ()  # ECR pulls a whole manifest list through its cache, and nothing that is attached to it
    kept = narrow(top, platforms, str(image))
    if isinstance(kept, str):
        named = next(_platform(child) for child in top.children if child["digest"] == kept)
        kept, names = registry.manifest(image.repository, kept), {kept: named}
    elif kept.is_index:
        names = _below(registry, image.repository, kept)
    else:
        names = {kept.digest: _own_platform(registry, image.repository, kept)}
    sizes = {digest: _size(registry.manifest(image.repository, digest)) for digest in names}
    locked = [LockedPlatform(name, digest, sizes[digest]) for digest, name in names.items()]
    about_top = [] if is_cached else _attached(registry, image.repository, top.digest)
    whole = kept.digest == top.digest
    attached = set(about_top if whole else ())
    if about_top or not whole:
        attached.update(a for digest in names for a in _attached(registry, image.repository, digest))
    there = home.pulled(image, kept.digest)
    return LockedImage(
        image,
        kept.digest,
        there.repository,
        there.tag,
        tuple(sorted(locked)),
        tuple(sorted(attached)),
        top.digest if not whole and kept.is_index else "",
        is_cached,
    )


def narrow(top: Manifest, platforms: tuple[str, ...], where: str) -> Manifest | str:
    """Return the index with only these platforms, or the digest of the one manifest that is left.

    BuildKit's attestations (`unknown/unknown`, annotated with the digest they speak of) stay with their platform.
    """
    if not platforms or not top.is_index:
        return top
    if top.nested:
        raise EksclaveError("is an index of indexes", "lock it without platforms, which takes all of them", where)
    names = {_platform(child) for child in top.children}
    missing = sorted(p for p in platforms if not any(_matches(name, p) for name in names))
    if missing:
        have = ", ".join(sorted(names - {ATTESTATION}))
        raise EksclaveError(f"has no platform {', '.join(missing)}", f"it has {have}", where)
    digests = {c["digest"] for c in top.children if any(_matches(_platform(c), p) for p in platforms)}
    digests |= {c["digest"] for c in top.children if _speaks_of(c) in digests}
    return next(iter(digests)) if len(digests) == 1 else keep(top, frozenset(digests))


def keep(top: Manifest, digests: frozenset[str]) -> Manifest:
    """Return an index of these manifests only: the upstream descriptors in their order, so always the same bytes."""
    kept = [child for child in top.children if child["digest"] in digests]
    if len(kept) == len(top.children):
        return top
    content = {**top.content, "mediaType": top.media_type, "manifests": kept}
    body = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    return Manifest(top.media_type, f"sha256:{hashlib.sha256(body).hexdigest()}", body)


def _below(registry: Registry, repository: str, index: Manifest) -> dict[str, str]:
    """Return what an index lists, by digest: the names of platforms, and of the indexes that may be among them."""
    names: dict[str, str] = {}
    waiting = [index]
    while waiting:
        top = waiting.pop()
        for child in top.children:
            if child["digest"] in names:
                continue
            is_nested = child["digest"] in top.nested
            names[child["digest"]] = NESTED if is_nested else _platform(child)
            if is_nested:
                waiting.append(registry.manifest(repository, child["digest"]))
    return names


def _own_platform(registry: Registry, repository: str, manifest: Manifest) -> str:
    """Return the platform that the config of a single manifest tells."""
    config = manifest.content.get("config", {})
    if int(config.get("size", 0)) > MAX_CONFIG or "image" not in config.get("mediaType", ""):
        return "unknown/unknown"
    try:
        return _platform(json.loads(registry.small_blob(repository, config["digest"])))
    except (ValueError, AttributeError):
        return "unknown/unknown"


def _matches(name: str, wanted: str) -> bool:
    """Whether platform `name` serves `wanted`: `linux/arm64/v8` serves linux/arm64."""
    return name == wanted or name.startswith(f"{wanted}/")


def _speaks_of(child: dict[str, Any]) -> str:
    return (child.get("annotations") or {}).get("vnd.docker.reference.digest", "")


def _platform(descriptor: dict[str, Any]) -> str:
    if _speaks_of(descriptor):
        return ATTESTATION
    platform = descriptor.get("platform") or descriptor
    parts = [platform.get("os", "unknown"), platform.get("architecture", "unknown"), platform.get("variant", "")]
    version = platform.get("os.version", "")
    name = "/".join(str(part) for part in parts if part) + (f":{version}" if version else "")
    return re.sub(r"[^\w.+:/-]", "?", name)


def _size(manifest: Manifest) -> int:
    return sum(int(blob["size"]) for blob in manifest.blobs)


def _attached(registry: Registry, repository: str, subject: str) -> list[Attached]:
    """Return what speaks of `subject`: cosign's tags, the referrers (OCI distribution 1.1), what speaks of those."""
    found: dict[str, Attached] = {}
    stem = subject.replace(":", "-")
    for suffix, kind in COSIGN_SUFFIXES.items():
        if registry.digest_or_none(repository, stem + suffix):
            digest = registry.manifest(repository, stem + suffix).digest
            found[digest] = Attached(kind, digest, stem + suffix)
    waiting = [subject]
    while waiting:
        for descriptor in registry.referrers(repository, waiting.pop()):
            digest = descriptor["digest"]
            if digest not in found and len(found) < MAX_ATTACHED:
                kind = descriptor.get("artifactType") or descriptor["mediaType"]
                found[digest] = Attached(kind if _TYPE.fullmatch(kind) else "artifact", digest)
                waiting.append(digest)
    return list(found.values())

"""Signatures, attestations and SBOMs in the mirror: each has a tag that keeps it, and is listed by its subject."""

from __future__ import annotations

import json

from eksclave.images.lockfile import Attached, LockedImage
from eksclave.images.manifest import INDEX_TYPES, Manifest
from eksclave.images.registry import Registry
from eksclave.images.verify import manifest_or_none


def untagged(mirror: Registry, locked: LockedImage) -> list[Attached]:
    """Return what has no tag that keeps it: neither its own nor the one that we give."""
    return [one for one in locked.attached if not any(_names(mirror, locked, one, t) for t in _tags(one))]


def tag(mirror: Registry, locked: LockedImage) -> str:
    """Tag what is attached, so that no lifecycle rule takes it; return what the user should know.

    A signature that is added upstream moves cosign's tag. Ours is immutable: the newer one gets a tag of its own.
    """
    told: list[str] = []
    for one in untagged(mirror, locked):
        name = one.mirror_tag
        if mirror.digest_or_none(locked.repository, name):
            told.append(f"{name} is an older {one.type} and stays; the new one is {one.spare_tag}")
            name = one.spare_tag
        mirror.put_manifest(locked.repository, name, mirror.manifest(locked.repository, one.digest))
    return "; ".join(told)


def unlisted(mirror: Registry, locked: LockedImage) -> bool:
    """Whether a referrer is in the mirror, but the mirror does not list it."""
    wanted = _by_subject(mirror, locked)
    return any(
        digests - {d["digest"] for d in mirror.referrers(locked.repository, subject)}
        for subject, digests in wanted.items()
    )


def list_referrers(mirror: Registry, locked: LockedImage) -> None:
    """See that the mirror lists the referrers: by its API, else in the tag that stands in for it (OCI 1.1)."""
    for subject, digests in _by_subject(mirror, locked).items():
        listed = mirror.referrers(locked.repository, subject)
        new = [d for d in sorted(digests) if d not in {one["digest"] for one in listed}]
        if not new:
            continue
        rows = [*listed, *(_descriptor(mirror.manifest(locked.repository, digest)) for digest in new)]
        rows.sort(key=lambda row: str(row["digest"]))
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": rows}).encode()
        mirror.put_manifest(locked.repository, subject.replace(":", "-"), Manifest(INDEX_TYPES[0], "", body))


def _tags(one: Attached) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.mirror_tag, one.spare_tag)))


def _names(mirror: Registry, locked: LockedImage, one: Attached, tag: str) -> bool:
    return mirror.digest_or_none(locked.repository, tag) == one.digest


def _by_subject(mirror: Registry, locked: LockedImage) -> dict[str, set[str]]:
    subjects: dict[str, set[str]] = {}
    for one in locked.attached:
        manifest = None if one.tag else manifest_or_none(mirror, locked.repository, one.digest)
        subject = (manifest.content.get("subject") or {}).get("digest") if manifest else None
        if subject:
            subjects.setdefault(subject, set()).add(one.digest)
    return subjects


def _descriptor(manifest: Manifest) -> dict[str, object]:
    """Return how a referrers list names an artifact (OCI distribution 1.1, "Listing referrers")."""
    content = manifest.content
    kind = content.get("artifactType") or (content.get("config") or {}).get("mediaType", "")
    told: dict[str, object] = {"mediaType": manifest.media_type, "digest": manifest.digest, "size": len(manifest.body)}
    told["artifactType"] = kind
    if content.get("annotations"):
        told["annotations"] = content["annotations"]
    return told

"""The lock as text: TOML, one block per image so that a diff reads well; read back with every doubt about it."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from eksclave.catalog.images import CanonicalImage, is_digest, is_ecr_repository, mirror_repository, mirror_tag
from eksclave.errors import EksclaveError, InputError, Mistake
from eksclave.images.lockfile import Attached, Lock, LockedImage, LockedPlatform

VERSION = 1
# cosign's SIGNATURE_SPEC.md, "Tag-based discovery": the digest of the subject, and what is said of it.
_COSIGN_TAG = re.compile(r"sha(?:256|512)-[0-9a-f]{64,128}\.[a-z]{1,16}")
HEADER = "# Written by `eksclave images lock`. Review its diff; do not edit it.\n"


def write(lock: Lock) -> str:
    """Return the text of the lock file: sorted, digests only, no clock; the same images give the same bytes."""
    lines = [HEADER, f"version = {VERSION}", f"prefix = {_text(lock.prefix)}"]
    if lock.wanted:
        lines.append(f"platforms = [{', '.join(map(_text, sorted(lock.wanted)))}]")
    for locked in sorted(lock.images):
        lines += ["", "[[image]]", f"source = {_text(str(locked.source))}", f"digest = {_text(locked.digest)}"]
        if locked.upstream_digest:
            lines.append(f"upstream-digest = {_text(locked.upstream_digest)}")
        lines.append(f"mirror = {_text(locked.repository + (f':{locked.tag}' if locked.tag else ''))}")
        if locked.cached:
            lines.append("cached = true")
        lines += _rows("platforms", [_platform(platform) for platform in sorted(locked.platforms)])
        lines += _rows("attached", [_attached(attached) for attached in sorted(locked.attached)])
    return "\n".join(lines) + "\n"


def save(lock: Lock, path: str | Path) -> None:
    """Write the lock file in one step: a kill or a full disk leaves the old one as it was."""
    there = Path(path).resolve()
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=there.parent, delete=False) as new:
            try:
                new.write(write(lock))
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(there.stat().st_mode & 0o777 if there.exists() else 0o644)
                Path(new.name).replace(there)
            except BaseException:
                Path(new.name).unlink()
                raise
    except OSError as error:
        raise EksclaveError(
            f"cannot be written: {error.strerror}", "check the folder and its space", str(path)
        ) from error


def read(path: str | Path) -> Lock:
    """Return the lock in this file; raise, naming every mistake, where it is not one of ours."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EksclaveError("no lock file is here", "run `eksclave images lock`", str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EksclaveError(f"cannot be read: {error}", "run `eksclave images lock` again", str(path)) from error
    return parse(text, str(path))


def parse(text: str, path: str) -> Lock:
    """Return the lock in `text`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EksclaveError(f"not a lock file: {error}", "run `eksclave images lock` again", path) from error
    if content.get("version") != VERSION:
        said = f"lock version {content.get('version')!r} is not known"
        raise EksclaveError(said, f"this eksclave writes version {VERSION}; lock again or upgrade", path)
    mistakes: list[Mistake] = []
    images: list[LockedImage] = []
    entries, prefix, wanted = content.get("image", []), content.get("prefix", ""), content.get("platforms", [])
    if not isinstance(entries, list):
        raise EksclaveError("image is not a list", "lock again", path)
    if not isinstance(prefix, str) or not isinstance(wanted, list) or not all(isinstance(w, str) for w in wanted):
        raise EksclaveError("prefix is not a text, or platforms not a list of texts", "lock again", path)
    for number, entry in enumerate(cast(list[dict[str, Any]], entries)):
        try:
            images.append(_image(entry, prefix))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            mistakes.append(Mistake(path, f"image[{number}]", f"not a locked image: {error!r}", "lock again"))
        except EksclaveError as error:
            mistakes.append(Mistake(path, f"image[{number}]", error.said, error.fix or "lock again"))
    mistakes += [
        Mistake(path, "", f"'{s}' is locked twice", "lock again") for s in _twice(str(i.source) for i in images)
    ]
    if mistakes:
        raise InputError(mistakes)
    return Lock(prefix, tuple(sorted(images)), tuple(cast(list[str], wanted)), path)


def _image(entry: dict[str, Any], prefix: str) -> LockedImage:
    source = CanonicalImage.parse(entry["source"])
    repository, _, tag = entry["mirror"].partition(":")
    cached = entry.get("cached", False) is True
    if not is_ecr_repository(repository) or not (tag or cached):
        raise EksclaveError(f"mirror '{entry['mirror']}' is not an ECR repository and tag")
    platforms = tuple(
        LockedPlatform(_text_of(p["name"]), _digest(p["digest"]), int(p["size"])) for p in entry.get("platforms", ())
    )
    attached = tuple(Attached(_text_of(a["type"]), _digest(a["digest"]), _tag(a)) for a in entry.get("attached", ()))
    upstream = entry.get("upstream-digest", "")
    digest = _digest(entry["digest"])
    upstream = _digest(upstream) if upstream else ""
    if not cached and (repository, tag) != (mirror_repository(source, prefix), mirror_tag(source.tag, digest)):
        raise EksclaveError(f"mirror '{entry['mirror']}' is not where '{source}' with this digest belongs")
    if cached and (not f"/{repository}".endswith(f"/{source.repository}") or tag != source.tag):
        raise EksclaveError(f"mirror '{entry['mirror']}' is not what a cache rule calls '{source}'")
    return LockedImage(source, digest, repository, tag, platforms, attached, upstream, cached)


def _text_of(value: Any) -> str:
    if not isinstance(value, str):
        raise EksclaveError(f"{value!r} is not a text")
    return value


def _tag(attached: dict[str, Any]) -> str:
    """Return the tag of something attached: cosign's, never one that could be an image's."""
    tag = attached.get("tag", "")
    if tag and not _COSIGN_TAG.fullmatch(tag):
        raise EksclaveError(f"'{tag}' is not a tag of a signature or attestation")
    return tag


def _digest(text: str) -> str:
    if not is_digest(text):
        raise EksclaveError(f"'{text}' is not a digest")
    return text


def _platform(platform: LockedPlatform) -> str:
    return f"{{ name = {_text(platform.name)}, digest = {_text(platform.digest)}, size = {platform.size} }}"


def _attached(attached: Attached) -> str:
    tag = f", tag = {_text(attached.tag)}" if attached.tag else ""
    return f"{{ type = {_text(attached.type)}, digest = {_text(attached.digest)}{tag} }}"


def _rows(name: str, rows: list[str]) -> list[str]:
    return [f"{name} = [", *(f"  {row}," for row in rows), "]"] if rows else []


def _text(value: str) -> str:
    """Spell a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _twice(words: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({word for word in words if word in seen or seen.add(word)})

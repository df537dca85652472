"""`clusters/NAME.images.lock`: every image by digest, in TOML, one block per image so that a diff reads well."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from eksclave.catalog.images import CanonicalImage, MirroredImage, is_digest, is_ecr_repository, mirror_tag
from eksclave.errors import EksclaveError, InputError, Mistake

VERSION = 1
HEADER = "# Written by `eksclave images lock`. Review its diff; do not edit it.\n"


@dataclass(frozen=True, order=True)
class LockedPlatform:
    """One platform's manifest: `size` is what a node downloads, config and compressed layers, in bytes."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True, order=True)
class Attached:
    """A signature, attestation or SBOM of an image: under a cosign `tag`, or a referrer without one."""

    type: str
    digest: str
    tag: str = ""

    @property
    def mirror_tag(self) -> str:
        """Its tag in the mirror. A referrer gets one too, because a lifecycle rule may expire what has none."""
        return self.tag or mirror_tag("attached", self.digest)


@dataclass(frozen=True, order=True)
class LockedImage:
    """One image: its upstream reference as written, the digest that runs, and where the mirror keeps it.

    `upstream_digest` is set where only some platforms were asked for: `digest` is then an index of our own over the
    unchanged upstream manifests, and `upstream_digest` the index that they were taken from. A `cached` image is not
    copied: it comes through a pull-through cache rule.
    """

    source: CanonicalImage
    digest: str
    repository: str
    tag: str
    platforms: tuple[LockedPlatform, ...]
    attached: tuple[Attached, ...] = ()
    upstream_digest: str = ""
    cached: bool = False

    @property
    def size(self) -> int:
        """Bytes of all platforms."""
        return sum(platform.size for platform in self.platforms)

    def mirror(self, host: str) -> MirroredImage:
        """Return the image as the closed network pulls it from `host`."""
        return MirroredImage(host, self.repository, self.tag, self.digest)


@dataclass(frozen=True)
class Lock:
    """A whole lock file. `wanted` are the platforms that were asked for; none: all that upstream has."""

    prefix: str
    images: tuple[LockedImage, ...]
    wanted: tuple[str, ...] = ()
    path: str = field(default="", compare=False)

    def find_or_none(self, image: CanonicalImage) -> LockedImage | None:
        """Return the locked form of this reference, or None."""
        return next((locked for locked in self.images if locked.source == image), None)

    @property
    def digests(self) -> dict[str, str]:
        """The locked digests by upstream reference, as `design.build` takes them."""
        return {str(locked.source): locked.digest for locked in self.images}

    @property
    def repositories(self) -> tuple[str, ...]:
        """The ECR repositories that the lock needs; a cache rule makes its own."""
        return tuple(sorted({locked.repository for locked in self.images if not locked.cached}))


def lock_path(spec_path: str | Path) -> Path:
    """Return where the lock of a spec lies: `clusters/prod.yaml` has `clusters/prod.images.lock`."""
    return Path(spec_path).with_suffix(".images.lock")


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


def read(path: str | Path) -> Lock:
    """Return the lock in this file; raise, naming every mistake, where it is not one of ours."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EksclaveError("no lock file is here", "run `eksclave images lock`", str(path)) from error
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
    entries = content.get("image", [])
    if not isinstance(entries, list):
        raise EksclaveError("image is not a list", "lock again", path)
    for number, entry in enumerate(cast(list[dict[str, Any]], entries)):
        try:
            images.append(_image(entry))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            mistakes.append(Mistake(path, f"image[{number}]", f"not a locked image: {error!r}", "lock again"))
        except EksclaveError as error:
            mistakes.append(Mistake(path, f"image[{number}]", error.said, error.fix or "lock again"))
    mistakes += [
        Mistake(path, "", f"'{s}' is locked twice", "lock again") for s in _twice(str(i.source) for i in images)
    ]
    if mistakes:
        raise InputError(mistakes)
    return Lock(str(content.get("prefix", "")), tuple(sorted(images)), tuple(content.get("platforms", ())), path)


def _image(entry: dict[str, Any]) -> LockedImage:
    source = CanonicalImage.parse(entry["source"])
    repository, _, tag = entry["mirror"].partition(":")
    cached = entry.get("cached", False) is True
    if not is_ecr_repository(repository) or not (tag or cached):
        raise EksclaveError(f"mirror '{entry['mirror']}' is not an ECR repository and tag")
    platforms = tuple(
        LockedPlatform(p["name"], _digest(p["digest"]), int(p["size"])) for p in entry.get("platforms", ())
    )
    attached = tuple(Attached(a["type"], _digest(a["digest"]), a.get("tag", "")) for a in entry.get("attached", ()))
    upstream = entry.get("upstream-digest", "")
    digest = _digest(entry["digest"])
    upstream = _digest(upstream) if upstream else ""
    return LockedImage(source, digest, repository, tag, platforms, attached, upstream, cached)


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

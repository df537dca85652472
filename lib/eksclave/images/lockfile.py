"""What `clusters/NAME.images.lock` says: every image by digest, and where the mirror keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from eksclave.catalog.images import CanonicalImage, MirroredImage, mirror_tag

NESTED = "index"
"""The name, among platforms, of an index that an index lists."""


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
        return self.tag or self.spare_tag

    @property
    def spare_tag(self) -> str:
        """The tag that we give: of this content alone."""
        return mirror_tag("attached", self.digest)


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

    @property
    def is_nested(self) -> bool:
        """Whether it is an index that lists indexes."""
        return any(platform.name == NESTED for platform in self.platforms)

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
    def pinned(self) -> tuple[str, ...]:
        """What may be deployed, as `REPOSITORY@DIGEST`: what the registry stack publishes and `prove` compares."""
        return tuple(sorted({f"{locked.repository}@{locked.digest}" for locked in self.images}))

    @property
    def repositories(self) -> tuple[str, ...]:
        """The ECR repositories that the lock needs; a cache rule makes its own."""
        return tuple(sorted({locked.repository for locked in self.images if not locked.cached}))


def lock_path(spec_path: str | Path) -> Path:
    """Return where the lock of a spec lies: `clusters/prod.yaml` has `clusters/prod.images.lock`."""
    return Path(spec_path).with_suffix(".images.lock")

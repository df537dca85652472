"""Copies what is locked into the mirror. The tag comes last, when everything below it has been seen there.

Each image goes through the same steps, and each step may be repeated: so a copy that was killed at any moment goes on
when it is started again, and two copies at once do no harm.

1. A tag that is there and right: done. A tag that is there with another digest is never overwritten: that is a failure.
2. The copier moves every manifest and blob by digest, without a tag.
3. Signatures, attestations and SBOMs follow.
4. Everything is asked for again: manifests are hashed, blobs measured.
5. Only then tags are set, the image's own last; and what it names is read and hashed once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from eksclave.errors import EksclaveError
from eksclave.images.attached import list_referrers, tag, unlisted, untagged
from eksclave.images.copier import Copier, CopyError
from eksclave.images.credentials import Logins
from eksclave.images.lockfile import NESTED, LockedImage
from eksclave.images.manifest import Manifest
from eksclave.images.patience import Patience
from eksclave.images.pool import each
from eksclave.images.registry import Registry, RegistryError
from eksclave.images.resolve import keep
from eksclave.images.verify import manifest_or_none, missing, missing_of

State = Literal["present", "copied", "failed"]
SETTLE_ATTEMPTS = 5
"""How often an image is begun anew because somebody else was pushing the same one at the same moment."""


class Unsettled(EksclaveError):
    """The mirror does not yet show what was put there."""


@dataclass(frozen=True)
class Outcome:
    """What became of one image."""

    image: LockedImage
    state: State
    seconds: float
    said: str = ""
    fix: str = ""

    @classmethod
    def failed(cls, image: LockedImage, seconds: float, error: EksclaveError) -> Outcome:
        """Return the failure with its place, unless the copier's own words name it."""
        is_named = not error.where or isinstance(error, CopyError)
        return cls(image, "failed", seconds, error.said if is_named else f"{error.where}: {error.said}", error.fix)


class Source(Protocol):
    """Where bytes come from: the upstream registries, or an archive on disk."""

    def host(self, locked: LockedImage) -> str:
        """Return the name under which its patience is kept."""
        ...

    def reference(self, locked: LockedImage, digest: str) -> AbstractContextManager[str]:
        """Give the copier's name of one manifest and all below it."""
        ...

    def manifest(self, locked: LockedImage, digest: str) -> Manifest:
        """Return one manifest."""
        ...


class Upstream:
    """The registries that the lock names."""

    def __init__(self, open_registry: Callable[[str], Registry]) -> None:
        self._open = open_registry

    def host(self, locked: LockedImage) -> str:
        """Return the registry's host."""
        return locked.source.registry

    @contextmanager
    def reference(self, locked: LockedImage, digest: str) -> Generator[str]:
        """Give `docker://HOST/REPOSITORY@DIGEST`."""
        yield f"docker://{locked.source.name}@{digest}"

    def manifest(self, locked: LockedImage, digest: str) -> Manifest:
        """Return one manifest from the registry."""
        return self._open(locked.source.registry).manifest(locked.source.repository, digest)


@dataclass(frozen=True)
class Copy:
    """Everything that a copy into the mirror `host` needs."""

    host: str
    copier: Copier
    source: Source
    logins: Logins
    open_registry: Callable[[str], Registry]
    patience: Patience

    def all(
        self, images: Iterable[LockedImage], jobs: int = 4, done: Callable[[Outcome], None] = lambda _: None
    ) -> tuple[Outcome, ...]:
        """Copy all, `jobs` at a time; `done` hears of each one as it ends. One failure does not stop the others."""
        outcomes = each(images, self.one, jobs, done, self.patience.end)
        return tuple(sorted(outcomes, key=lambda outcome: outcome.image))

    def one(self, locked: LockedImage) -> Outcome:
        """Copy one image; never raises for what a registry, the network or the copier did."""
        start = time.monotonic()
        for attempt in range(1, SETTLE_ATTEMPTS + 1):
            try:
                state, told = self._one(locked)
                return Outcome(locked, state, time.monotonic() - start, told)
            except EksclaveError as error:
                if not _unsettled(error) or attempt == SETTLE_ATTEMPTS or self.patience.is_ended:
                    return Outcome.failed(locked, time.monotonic() - start, error)
                self.patience.sleep(self.patience.pause(attempt))
        raise AssertionError("no attempt")

    def _one(self, locked: LockedImage) -> tuple[State, str]:
        mirror = self.open_registry(self.host)
        tagged = mirror.digest_or_none(locked.repository, locked.tag)
        if tagged not in (None, locked.digest):
            said = f"tag {locked.tag} already names {tagged} in {locked.repository}; a tag is never overwritten"
            raise EksclaveError(said, "find out who pushed it; delete it by hand if it is wrong")
        if tagged and not missing_of(mirror, locked) and not untagged(mirror, locked) and not unlisted(mirror, locked):
            return "present", ""
        if missing(mirror, locked.repository, locked.digest):
            self._move(mirror, locked)
        for attached in locked.attached:
            if missing(mirror, locked.repository, attached.digest):
                self._transfer(locked, attached.digest)
        lacks = missing_of(mirror, locked)
        if lacks:
            raise Unsettled(f"after the copy the mirror still lacks {lacks[0]}", "run the copy again")
        told = tag(mirror, locked)
        list_referrers(mirror, locked)
        if not tagged:
            mirror.put_manifest(locked.repository, locked.tag, mirror.manifest(locked.repository, locked.digest))
        now = manifest_or_none(mirror, locked.repository, locked.tag)
        if now is None or now.digest != locked.digest:
            said = f"tag {locked.tag} names {now.digest if now else 'nothing'} after the copy"
            raise EksclaveError(said, "another push came between; run it again")
        return "copied", told

    def _move(self, mirror: Registry, locked: LockedImage) -> None:
        """Move the image by digest. An index of our own, or of other indexes, which no copier takes, is put by us after
        all that it lists."""
        if not locked.upstream_digest and not locked.is_nested:
            self._transfer(locked, locked.digest)
            return
        for platform in locked.platforms:
            if platform.name != NESTED and missing(mirror, locked.repository, platform.digest):
                self._transfer(locked, platform.digest)
        for index in self.indexes(locked):
            mirror.put_manifest(locked.repository, index.digest, index)

    def indexes(self, locked: LockedImage) -> tuple[Manifest, ...]:
        """Return the indexes that no copier puts: of only some platforms, or of other indexes, the outermost last."""
        if locked.upstream_digest:
            return (self._own_index(locked),)
        return tuple(self._nested(locked, locked.digest)) if locked.is_nested else ()

    def _nested(self, locked: LockedImage, digest: str) -> Iterator[Manifest]:
        index = self.source.manifest(locked, digest)
        for inner in index.nested:
            yield from self._nested(locked, inner)
        yield index

    def _own_index(self, locked: LockedImage) -> Manifest:
        """Return the index of only the locked platforms, made again from the upstream index."""
        wanted = frozenset(platform.digest for platform in locked.platforms)
        index = keep(self.source.manifest(locked, locked.upstream_digest), wanted)
        if index.digest != locked.digest:
            raise EksclaveError(
                f"the index of the locked platforms is {index.digest}, not {locked.digest}", "lock again"
            )
        return index

    def _transfer(self, locked: LockedImage, digest: str) -> None:
        destination = f"docker://{self.host}/{locked.repository}@{digest}"
        hosts = (locked.source.registry, self.host)
        renewed = False

        def once() -> None:
            used = {host: self.logins.find(host) for host in hosts}
            try:
                with self.source.reference(locked, digest) as source:
                    self.copier.copy(source, destination, self.logins, locked.size)
            except CopyError as error:
                nonlocal renewed
                if error.login and not renewed:
                    renewed, error.later = True, True
                    for host, login in used.items():
                        self.logins.renew(host, login)
                raise

        self.patience.call(once, self.source.host(locked), may_pass)


def _unsettled(error: EksclaveError) -> bool:
    """Whether the mirror may only have been in motion: a manifest that it refuses names what it cannot see yet."""
    if isinstance(error, CopyError):
        return error.unsettled
    return isinstance(error, Unsettled) or (isinstance(error, RegistryError) and error.status in (400, 404))


def may_pass(error: Exception) -> float | None:
    """Return 0 for a failed transfer that may do better when tried again, None for every other error."""
    return 0.0 if isinstance(error, CopyError) and error.later else None

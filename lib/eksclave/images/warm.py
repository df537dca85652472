"""Pulls each cached image once, from a machine with a way out, so that later pulls from the closed network find it.

ECR user guide, "Pulling an image with a pull through cache rule": the first pull of an image may need a route to the
internet, later ones do not. The whole image is pulled, because a cache holds what was asked of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from eksclave.errors import EksclaveError
from eksclave.images.copier import Copier
from eksclave.images.copy import Outcome, may_pass
from eksclave.images.credentials import Logins
from eksclave.images.lockfile import LockedImage
from eksclave.images.patience import Patience
from eksclave.images.pool import each
from eksclave.images.registry import Registry


@dataclass(frozen=True)
class Warm:
    """Everything that warming the cache of the registry `host` needs."""

    host: str
    copier: Copier
    logins: Logins
    open_registry: Callable[[str], Registry]
    patience: Patience

    def all(
        self, images: Iterable[LockedImage], jobs: int = 4, done: Callable[[Outcome], None] = lambda _: None
    ) -> tuple[Outcome, ...]:
        """Pull every one of these images once; `done` hears of each one as it ends."""
        outcomes = each(images, self.one, jobs, done, self.patience.end)
        return tuple(sorted(outcomes, key=lambda outcome: outcome.image))

    def one(self, locked: LockedImage) -> Outcome:
        """Pull one image by its locked digest, and see that its tag means that digest too."""
        start = time.monotonic()
        try:
            registry = self.open_registry(self.host)
            if locked.tag and (now := registry.digest_or_none(locked.repository, locked.tag)) != locked.digest:
                said = f"tag {locked.tag} is {now or 'unknown'} upstream now, not the locked {locked.digest}"
                raise EksclaveError(said, "lock again, or write the digest in the spec")
            self.patience.call(lambda: self._pull(locked), self.host, may_pass)
        except EksclaveError as error:
            return Outcome.failed(locked, time.monotonic() - start, error)
        return Outcome(locked, "copied", time.monotonic() - start)

    def _pull(self, locked: LockedImage) -> None:
        with tempfile.TemporaryDirectory(prefix="eksclave-warm-") as folder:
            source = f"docker://{self.host}/{locked.repository}@{locked.digest}"
            self.copier.copy(source, f"dir:{folder}", self.logins, locked.size)

"""The four network verbs with their parts put together: copy, pack, plan, warm."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from eksclave.errors import EksclaveError
from eksclave.images.archive import Archive, open_archive
from eksclave.images.copier import Copier, find_copier
from eksclave.images.copy import Copy, Outcome, Source, Upstream
from eksclave.images.lockfile import LockedImage
from eksclave.images.packer import Packer, writing
from eksclave.images.plan import script
from eksclave.images.pool import each
from eksclave.images.session import Session
from eksclave.images.warm import Warm

Done = Callable[[Outcome], None]


def copy(
    images: tuple[LockedImage, ...],
    host: str,
    copier: str,
    session: Session,
    jobs: int,
    done: Done,
    from_archive: Path | None = None,
) -> tuple[Outcome, ...]:
    """Copy images into the mirror `host`, from their registries or from an archive."""
    source: Source = open_archive(from_archive) if from_archive else Upstream(session.open)
    tool = find_copier("skopeo" if from_archive else copier)
    job = Copy(host, tool, source, session.logins, session.open, session.patience)
    return job.all(images, jobs, done)


def pack(
    images: tuple[LockedImage, ...], folder: Path, copier: str, session: Session, jobs: int, done: Done
) -> tuple[Outcome, ...]:
    """Copy images into an archive; index.json names only what is whole."""
    with writing(folder):
        return _pack(images, folder, copier, session, jobs, done)


def _pack(
    images: tuple[LockedImage, ...], folder: Path, copier: str, session: Session, jobs: int, done: Done
) -> tuple[Outcome, ...]:
    archive = Archive(folder)
    earlier = archive.rows()
    packer = Packer(archive, find_copier(copier or "skopeo"), Upstream(session.open), session.logins, session.patience)

    def one(locked: LockedImage) -> Outcome:
        start = time.monotonic()
        try:
            fetched = packer.pack(locked)
        except EksclaveError as error:
            return Outcome.failed(locked, time.monotonic() - start, error)
        except OSError as error:
            said = f"the archive cannot be written: {error.strerror}"
            return Outcome(locked, "failed", time.monotonic() - start, said, "free some space, then run it again")
        return Outcome(locked, "copied" if fetched else "present", time.monotonic() - start)

    outcomes = each(images, one, jobs, done, session.patience.end)
    whole = tuple(sorted(outcome.image for outcome in outcomes if outcome.state != "failed"))
    try:
        packer.finish(whole, earlier)
    except OSError as error:
        said = f"index.json cannot be written: {error.strerror}"
        raise EksclaveError(said, "free some space, then run it again", str(folder)) from error
    return tuple(sorted(outcomes, key=lambda outcome: outcome.image))


def plan(images: Iterable[LockedImage], host: str, session: Session) -> str:
    """Return the copy as a shell script."""
    tool = Copier("skopeo", "skopeo")
    job = Copy(host, tool, Upstream(session.open), session.logins, session.open, session.patience)
    return script(images, host, job.indexes)


def warm(
    images: tuple[LockedImage, ...], host: str, copier: str, session: Session, jobs: int, done: Done
) -> tuple[Outcome, ...]:
    """Pull every cached image once."""
    job = Warm(host, find_copier(copier or "skopeo"), session.logins, session.open, session.patience)
    return job.all(images, jobs, done)

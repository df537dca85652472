"""The gate at synth: no reference leaves the app that the closed network cannot pull."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eksclave.catalog.images import CanonicalImage
from eksclave.catalog.registries import addon_registry
from eksclave.errors import EksclaveError, InputError, Mistake
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import Lock


@dataclass(frozen=True, order=True)
class Ungated:
    """One reference that could not be pulled: where it stands, why not, and what to do."""

    where: str
    reference: str
    said: str
    fix: str

    @property
    def mistake(self) -> Mistake:
        """The same as a line of an `InputError`."""
        return Mistake(self.where, "", f"'{self.reference}' {self.said}", self.fix)


def ungated(
    references: Iterable[tuple[str, str]], home: Home, lock: Lock | None, must_lock: bool = True
) -> tuple[Ungated, ...]:
    """Return what is wrong with these (reference, where) pairs, as they would be deployed, after rewriting.

    `must_lock=False` is for a cluster that has no lock file yet: only reachability is asked then.
    """
    found = (_ask(reference, where, home, lock, must_lock) for reference, where in references)
    return tuple(sorted({finding for finding in found if finding}))


def hold(references: Iterable[tuple[str, str]], home: Home, lock: Lock | None, must_lock: bool = True) -> None:
    """Raise, telling all of them, if any reference cannot be pulled."""
    found = ungated(references, home, lock, must_lock)
    if found:
        raise InputError(finding.mistake for finding in found)


def _ask(reference: str, where: str, home: Home, lock: Lock | None, must_lock: bool) -> Ungated | None:
    try:
        image = CanonicalImage.parse(reference)
    except EksclaveError as error:
        return Ungated(where, reference, "is not an image reference", error.fix)
    if home.is_own(image):
        return _ask_own(image, reference, where, home, lock) if must_lock else None
    wrong = home.misplaced(image)
    if wrong:
        fix = f"write {addon_registry(home.region)}/{image.repository}, of the same add-on"
        return Ungated(where, reference, wrong, fix)
    if home.kind(image) in (Kind.AWS, Kind.OWN):
        return None
    fix = f"deploy its mirror {home.pulled(image).name} by the digest in the lock file"
    return Ungated(where, reference, f"is pulled from {image.registry}, which no VPC endpoint reaches", fix)


def _ask_own(image: CanonicalImage, reference: str, where: str, home: Home, lock: Lock | None) -> Ungated | None:
    """Ask of a reference into our own ECR: what lies below a prefix of ours must be locked, by this digest."""
    ours = (home.prefix, *home.rules.values())
    if not any(image.repository.startswith(f"{prefix}/") for prefix in ours):
        return None
    locked = [one for one in lock.images if one.repository == image.repository] if lock else []
    if not locked:
        return Ungated(where, reference, "is not locked", "run `eksclave images lock`, then `eksclave images copy`")
    if not image.digest:
        same = next((one for one in locked if image.tag in (one.tag, one.source.tag)), None)
        if same is None:
            said = f"is not locked; the lock file has {', '.join(sorted(str(one.source) for one in locked))}"
            return Ungated(where, reference, said, "run `eksclave images lock`, then `eksclave images copy`")
        return Ungated(where, reference, "is not pinned by digest", f"write {image.name}@{same.digest}")
    if image.digest not in {one.digest for one in locked}:
        said = f"has a digest that the lock file does not know; it has {locked[0].digest}"
        return Ungated(where, reference, said, "lock again, or deploy the locked digest")
    return None

"""Every image from the mirror is named by a digest that its lock file holds.

Why
    The mirror holds what was locked and copied, under tags that end in the digest. A pod that names anything else waits
    for an image that is not there.

Fix
    Lock the image and copy it (`eksclave images lock`, `copy`), and deploy it by its digest.

Source
    ECR user guide, image tag mutability; Kubernetes documentation, Images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.pulling import ecr_of, images_of, registry_of
from eksclave.checks.result import Advice, Result
from eksclave.checks.view import View
from eksclave.reach.facts.clusters import ImageLock
from eksclave.reach.facts.values import HOLE, known_or

ASKS = ("R20",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result | Advice]:
    """Ask each image that lies below the prefix of a mirror, or of a cache rule, whose lock is known."""
    locks = view.snapshot.image_locks
    told = {lock.host for lock in locks if lock.pinned}
    for lock in locks:
        if not lock.pinned and not {"", lock.host} & told:
            text = "no image is locked: whether the mirror will hold what is deployed does not show"
            yield Advice("R20", view.address, lock.origin.address, text)
    rules = [prefix for rule in view.snapshot.pull_through_rules if (prefix := known_or(rule.prefix, ""))]
    passed = bool(told)
    for reference, origin in images_of(view):
        host = registry_of(reference)
        name, _, digest = reference.removeprefix(f"{host}/").partition("@")
        repository = name.partition(":")[0]
        about = [lock for lock in locks if _is_about(lock, host, repository, rules)]
        if not about:
            continue
        known = sorted({one.rpartition("@")[2] for lock in about for one in lock.pinned if _is_of(one, repository)})
        passed &= digest in known
        if not any(lock.pinned for lock in about):
            continue
        if HOLE in reference:
            yield unsure(view, "R20", f"{reference}: which image this is does not show in the input", origin)
        elif not known:
            reason = f"{reference}: no lock holds this image"
            yield fails(view, "R20", reason, origin, "not locked", "lock it, copy it, and name it by its digest")
        elif digest not in known:
            said = "the lock does not hold this digest" if digest else "named by a tag, not by the locked digest"
            fix = f"name {host}/{repository}@{known[0]}" if len(known) == 1 else "name it by a digest that is locked"
            yield fails(view, "R20", f"{reference}: {said}", origin, said, fix)
    if passed:
        yield passes(view, "R20", "every image that the input names below the mirror's prefix is locked by its digest")


def _is_about(lock: ImageLock, host: str, repository: str, rules: Sequence[str]) -> bool:
    """Whether this lock says what lies in that repository: of the same account and Region, below a prefix of its."""
    if not ecr_of(host) or (lock.host and ecr_of(lock.host) != ecr_of(host)):
        return False
    return any(prefix and repository.startswith(f"{prefix}/") for prefix in (*lock.prefixes, *rules))


def _is_of(pinned: str, repository: str) -> bool:
    return pinned.rpartition("@")[0] == repository

"""Two locks beside each other: what an update would change, and what must be mirrored before an upgrade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.images.lockfile import Lock, LockedImage

Change = Literal["added", "removed", "moved", "retagged", "signed"]


@dataclass(frozen=True, order=True)
class Changed:
    """One difference: `old` and `new` are references, or digests for an image that moved below the same reference."""

    name: str
    change: Change
    old: str
    new: str
    size: int

    @property
    def must_copy(self) -> bool:
        """Whether the mirror has to hold something new before the change is deployed."""
        return self.change != "removed"


def compare(old: Lock | None, new: Lock) -> tuple[Changed, ...]:
    """Return what differs, sorted by upstream name. A tag that is replaced by another is one change, not two."""
    before = {image.source: image for image in old.images} if old else {}
    after = {image.source: image for image in new.images}
    gone = [image for source, image in sorted(before.items()) if source not in after]
    changes: list[Changed] = []
    for source, image in sorted(after.items()):
        known = before.get(source)
        if known is None:
            same = next((one for one in gone if one.source.name == source.name), None)
            if same:
                gone.remove(same)
            changes.append(_new(same, image))
        elif known.digest != image.digest:
            changes.append(Changed(source.name, "moved", known.digest, image.digest, image.size))
        elif known.attached != image.attached or known.platforms != image.platforms:
            changes.append(Changed(source.name, "signed", str(len(known.attached)), str(len(image.attached)), 0))
    changes += [Changed(one.source.name, "removed", str(one.source), "", 0) for one in gone]
    return tuple(sorted(changes))


def _new(same: LockedImage | None, image: LockedImage) -> Changed:
    if same is None:
        return Changed(image.source.name, "added", "", str(image.source), image.size)
    return Changed(image.source.name, "retagged", str(same.source), str(image.source), image.size)

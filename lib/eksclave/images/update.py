"""Two locks beside each other: what an update would change, and what must be mirrored before an upgrade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.catalog.addons import ADDONS
from eksclave.design.model import Design
from eksclave.images.lockfile import Lock, LockedImage
from eksclave.spec.model import ClusterSpec

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


def upgrade_notes(spec: ClusterSpec, design: Design, version: str) -> tuple[str, ...]:
    """Return what an upgrade of Kubernetes means for images beside what has to be copied.

    `spec` is the one before, `design` what it becomes with this version.
    """
    near = sorted({who for plan in design.images if plan.origin == "aws" for who in plan.required_by})
    notes = [f"Kubernetes {spec.kubernetes_version} → {version}"]
    if near:
        notes.append(f"nothing to copy for {', '.join(near)}: AWS keeps their images in {design.region}")
    chosen = {"cluster-autoscaler": spec.workloads.cluster_autoscaler}
    for name, choice in chosen.items():
        usual = ADDONS[name].images[0].format(minor=version)
        runs = any(controller.name == name for controller in design.workloads.controllers)
        if runs and choice and choice.image:
            notes.append(f"{name} stays {choice.image}, which the spec names; usual for {version} is {usual}")
    return tuple(notes)


def _new(same: LockedImage | None, image: LockedImage) -> Changed:
    if same is None:
        return Changed(image.source.name, "added", "", str(image.source), image.size)
    return Changed(image.source.name, "retagged", str(same.source), str(image.source), image.size)

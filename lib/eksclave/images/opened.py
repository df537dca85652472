"""Designs as they are deployed: digests from the lock files, and the bundles of manifests rewritten to the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eksclave.catalog.image_fields import DEFAULT_PATHS
from eksclave.catalog.images import CanonicalImage
from eksclave.design.build import build
from eksclave.design.model import Design, ImagePlan, RepositoryPlan
from eksclave.design.open import open_specs
from eksclave.errors import InputError, Mistake
from eksclave.images.bundles import read_bundles
from eksclave.images.gate import hold
from eksclave.images.inventory import home_of, of_design, pulled, replacer
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import Lock, lock_path
from eksclave.images.locktext import read
from eksclave.images.manifests import Paths, find, read_paths

UNLOCKED = "images are not locked: `eksclave images lock` pins each by its digest"
ORIGINS = {Kind.AWS: "aws", Kind.OWN: "aws", Kind.CACHE: "cache", Kind.COPY: "copy"}


def open_designs(paths: Sequence[str | Path]) -> tuple[Design, ...]:
    """Return the designs of these specs, by name, with locked digests and bundles; raise with what cannot be pulled."""
    designs: list[Design] = []
    mistakes: list[Mistake] = []
    for file in open_specs(paths):
        path = Path(file.document.file)
        lock = lock_or_none(path)
        fields = read_paths(file.spec.workloads.image_paths)
        try:
            designs.append(complete(build(file.spec, lock.digests if lock else {}), path.parent, lock, fields))
        except InputError as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise InputError(mistakes)
    return tuple(designs)


def lock_or_none(spec: Path) -> Lock | None:
    """Return the lock beside this spec, or None where there is none yet."""
    return read(lock_path(spec)) if lock_path(spec).is_file() else None


def complete(design: Design, base: Path, lock: Lock | None, paths: Paths = DEFAULT_PATHS) -> Design:
    """Return the design with its bundles' objects and images, after the gate: everything in it can be pulled.

    Without a lock file nothing is held for not being locked; the design says so in its warnings instead.
    """
    home = home_of(design)
    if lock and lock.prefix != home.prefix:
        said = f"was made for the registry prefix '{lock.prefix}', and the spec says '{home.prefix}'"
        raise InputError([Mistake(lock.path, "prefix", said, "run `eksclave images lock` again")])
    objects = read_bundles([base / bundle for bundle in design.workloads.manifests], replacer(home, lock), paths)
    hold(_references(design, objects, paths), home, lock, must_lock=lock is not None)
    images = _images(design, base, home, lock, paths)
    repositories = _repositories(design, images, lock)
    locked = lock is not None or not any(image.origin == "copy" for image in images)
    return replace(
        design,
        images=images,
        registry=replace(design.registry, repositories=repositories, locked_images=lock.pinned if lock else ()),
        workloads=replace(design.workloads, objects=(*design.workloads.objects, *objects)),
        warnings=design.warnings if locked else (*design.warnings, UNLOCKED),
    )


def _references(design: Design, objects: Sequence[Mapping[str, Any]], paths: Paths) -> list[tuple[str, str]]:
    """Return every reference that would be deployed, with who needs it."""
    controllers = [(plan.image, f"controller {plan.name}") for plan in design.workloads.controllers]
    return [*controllers, *((found.text, found.subject) for thing in objects for found in find(thing, paths))]


def _images(design: Design, base: Path, home: Home, lock: Lock | None, paths: Paths) -> tuple[ImagePlan, ...]:
    """Return the design's images and those of its bundles."""
    known = {str(CanonicalImage.parse(plan.canonical)): plan for plan in design.images}
    for listed in of_design(design, base, paths):
        name = str(listed.image)
        if name in known:
            known[name] = replace(known[name], required_by=listed.needed_by)
        elif str(CanonicalImage.parse(name)) not in known:
            there = pulled(listed.image, home, lock)
            repository = there.repository if listed.kind is Kind.COPY else None
            origin: Any = ORIGINS[listed.kind]
            known[name] = ImagePlan(name, there.pinned, origin, repository, listed.needed_by)
    return tuple(sorted(known.values(), key=lambda plan: plan.canonical))


def _repositories(design: Design, images: Sequence[ImagePlan], lock: Lock | None) -> tuple[RepositoryPlan, ...]:
    """Return the repositories of all images, and of what the lock still names: none goes before the lock does."""
    owners: dict[str, set[str]] = {}
    for image in images:
        if image.repository:
            owners.setdefault(image.repository, set()).update(image.required_by)
    known = {plan.name: plan for plan in design.registry.repositories}
    for name in lock.repositories if lock else ():
        owners.setdefault(name, {"the lock file"})
    for name, who in owners.items():
        key = name.removeprefix(f"{design.registry.prefix}/")
        known[name] = known.get(name) or RepositoryPlan(key, name, tuple(sorted(who)))
    return tuple(known[name] for name in sorted(known))

"""Designs as they are deployed: digests from the lock files, and the bundles of manifests rewritten to the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eksclave.catalog.images import CanonicalImage
from eksclave.design.build import build
from eksclave.design.model import Design, ImagePlan, RepositoryPlan
from eksclave.design.open import open_specs
from eksclave.images.documents import load
from eksclave.images.gate import hold
from eksclave.images.inventory import home_of, of_design, pulled, replacer
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import Lock, lock_path
from eksclave.images.locktext import read
from eksclave.images.manifests import find, read_file, rewrite

UNLOCKED = "images are not locked: `eksclave images lock` pins each by its digest"
ORIGINS = {Kind.AWS: "aws", Kind.OWN: "aws", Kind.CACHE: "cache", Kind.COPY: "copy"}


def open_designs(paths: Sequence[str | Path]) -> tuple[Design, ...]:
    """Return the designs of these specs, by name, with locked digests and bundles; raise with what cannot be pulled."""
    designs: list[Design] = []
    for file in open_specs(paths):
        path = Path(file.document.file)
        lock = lock_or_none(path)
        designs.append(complete(build(file.spec, lock.digests if lock else {}), path.parent, lock))
    return tuple(designs)


def lock_or_none(spec: Path) -> Lock | None:
    """Return the lock beside this spec, or None where there is none yet."""
    return read(lock_path(spec)) if lock_path(spec).is_file() else None


def complete(design: Design, base: Path, lock: Lock | None) -> Design:
    """Return the design with its bundles' objects and images, after the gate: everything in it can be pulled.

    Without a lock file nothing is held for not being locked; the design says so in its warnings instead.
    """
    home = home_of(design)
    objects = [rewritten for bundle in design.workloads.manifests for rewritten in _objects(base / bundle, home, lock)]
    hold(_references(design, objects), home, lock, must_lock=lock is not None)
    images = _images(design, base, home, lock)
    repositories = _repositories(design, images)
    locked = lock is not None or not any(image.origin == "copy" for image in images)
    return replace(
        design,
        images=images,
        registry=replace(design.registry, repositories=repositories),
        workloads=replace(design.workloads, objects=(*design.workloads.objects, *objects)),
        warnings=design.warnings if locked else (*design.warnings, UNLOCKED),
    )


def _objects(bundle: Path, home: Home, lock: Lock | None) -> list[Mapping[str, Any]]:
    """Return a bundle's objects, Lists opened, with references to the mirror."""
    swap = replacer(home, lock)
    return [rewrite(thing, swap) for document in load(read_file(bundle), str(bundle)) for thing in _opened(document)]


def _opened(document: Any) -> list[Mapping[str, Any]]:
    if isinstance(document, dict) and str(document.get("kind", "")).endswith("List") and "items" in document:
        return [thing for item in document["items"] or () for thing in _opened(item)]
    return [document] if isinstance(document, dict) else []


def _references(design: Design, objects: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return every reference that would be deployed, with who needs it."""
    controllers = [(plan.image, f"controller {plan.name}") for plan in design.workloads.controllers]
    return [*controllers, *((found.text, found.subject) for thing in objects for found in find(thing))]


def _images(design: Design, base: Path, home: Home, lock: Lock | None) -> tuple[ImagePlan, ...]:
    """Return the design's images and those of its bundles."""
    known = {str(CanonicalImage.parse(plan.canonical)): plan for plan in design.images}
    for listed in of_design(design, base):
        name = str(listed.image)
        if name in known:
            known[name] = replace(known[name], required_by=listed.needed_by)
        elif str(CanonicalImage.parse(name)) not in known:
            there = pulled(listed.image, home, lock)
            repository = there.repository if listed.kind is Kind.COPY else None
            origin: Any = ORIGINS[listed.kind]
            known[name] = ImagePlan(name, there.pinned, origin, repository, listed.needed_by)
    return tuple(sorted(known.values(), key=lambda plan: plan.canonical))


def _repositories(design: Design, images: Sequence[ImagePlan]) -> tuple[RepositoryPlan, ...]:
    owners: dict[str, set[str]] = {}
    for image in images:
        if image.repository:
            owners.setdefault(image.repository, set()).update(image.required_by)
    known = {plan.name: plan for plan in design.registry.repositories}
    for name, who in owners.items():
        key = name.removeprefix(f"{design.registry.prefix}/")
        known[name] = known.get(name) or RepositoryPlan(key, name, tuple(sorted(who)))
    return tuple(known[name] for name in sorted(known))

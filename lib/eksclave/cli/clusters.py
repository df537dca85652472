"""What the image commands are about: a cluster by its spec or name, its design, its mirror, its lock file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eksclave.design.model import Design
    from eksclave.images.kinds import Home
    from eksclave.images.lockfile import Lock
    from eksclave.images.manifests import Paths


def spec_path(cluster: str) -> Path:
    """Return the spec file that is meant: this one, or the one of that name in clusters/."""
    path = Path(cluster)
    return path if path.suffix in (".yaml", ".yml") or path.is_file() else Path("clusters") / f"{cluster}.yaml"


def design_of(cluster: str, image_paths: Sequence[str] = (), version: str | None = None) -> tuple[Design, Paths]:
    """Return the design of a cluster (for another Kubernetes version, if one is given), and the paths to its images."""
    from eksclave.catalog.versions import kubernetes_versions
    from eksclave.design.build import build
    from eksclave.design.open import open_spec
    from eksclave.images.manifests import read_paths

    spec = open_spec(spec_path(cluster)).spec
    paths = read_paths((*spec.workloads.image_paths, *image_paths))
    if version:
        if version not in kubernetes_versions():
            raise click.UsageError(f"Kubernetes '{version}' is not known; known: {', '.join(kubernetes_versions())}")
        spec = spec.model_copy(update={"kubernetes_version": version})
    return build(spec), paths


def mirror_of(cluster: str | None) -> Home:
    """Return the account and Region whose ECR is the cluster's mirror."""
    from eksclave.images.inventory import home_of

    if not cluster:
        raise click.UsageError("name a CLUSTER, or the mirror with --registry")
    return home_of(design_of(cluster)[0])


def lock_of(cluster: str | None, lock_file: Path | None) -> Lock:
    """Return the lock in this file, or beside the cluster's spec."""
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import read

    if not cluster and not lock_file:
        raise click.UsageError("name a CLUSTER, or a lock file with --lock")
    return read(lock_file or lock_path(spec_path(cluster or "")))


def lock_again(
    cluster: str, platforms: tuple[str, ...], jobs: int, version: str | None = None
) -> tuple[Lock | None, Lock]:
    """Return the lock that is there (or None), and as the registries would have it now."""
    from eksclave.cli.progress import Progress
    from eksclave.images.inventory import home_of, need_copies, of_design
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import read
    from eksclave.images.resolve import lock
    from eksclave.images.session import Session

    spec, (design, paths) = spec_path(cluster), design_of(cluster, version=version)
    old = read(lock_path(spec)) if lock_path(spec).is_file() else None
    wanted = platforms or (old.wanted if old else ())
    images = need_copies(of_design(design, spec.parent, paths))
    session = Session()
    with Progress(len(images)) as progress:
        new = lock(images, home_of(design), wanted, session.open, jobs, progress.asked, session.patience.end)
    return old, new

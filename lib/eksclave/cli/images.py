"""`eksclave images`: list, lock, update, copy, check and warm every image that will run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

CLUSTER = click.argument("cluster", required=False)
LOCK = click.option("--lock", "lock_file", type=click.Path(path_type=Path), help="a lock file, not CLUSTER's own")
JOBS = click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="images at the same time")
REGISTRY = click.option("--registry", help="host of the mirror, instead of the account's ECR in the cluster's Region")
COPIER = click.option("--copier", default="", help="skopeo, crane or regctl; the first one found when left out")
PATHS = click.option("--image-path", "image_paths", multiple=True, help="further image fields: Kind.group:path")


@click.group(name="images")
def command() -> None:
    """List, lock, copy and check every image that will run.

    CLUSTER is a spec file, or the name of one in clusters/. Its lock file lies beside it: clusters/NAME.images.lock.
    """


@command.command("list")
@CLUSTER
@click.option("--manifest", "manifests", multiple=True, help="Kubernetes YAML, or a folder of it; may be repeated")
@click.option("--region", default="", help="with --manifest alone: the Region whose AWS registry counts as near")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@PATHS
def list_(
    cluster: str | None, manifests: tuple[str, ...], region: str, form: str, image_paths: tuple[str, ...]
) -> None:
    """Print every image: where it comes from, and who needs it."""
    from eksclave.images.inventory import find_files, merge, of_design, of_files
    from eksclave.images.kinds import Home
    from eksclave.images.manifests import read_paths
    from eksclave.images.tell import listed_json, listed_text

    if not cluster and not manifests:
        raise click.UsageError("name a CLUSTER, or Kubernetes YAML with --manifest")
    bundled = of_files(find_files(manifests), read_paths(image_paths))
    if cluster:
        from eksclave.images.inventory import home_of

        spec, design, paths = _design(cluster, image_paths)
        home = home_of(design)
        bundled += [(one.image, one.needed_by) for one in of_design(design, spec.parent, paths)]
    else:
        home = Home("", region)
    listed = merge(bundled, home)
    click.echo(listed_json(listed) if form == "json" else listed_text(listed), nl=False)


@command.command("lock")
@click.argument("cluster")
@click.option("--platform", "platforms", multiple=True, help="such as linux/amd64; may be repeated; all when left out")
@JOBS
def lock_(cluster: str, platforms: tuple[str, ...], jobs: int) -> None:
    """Ask the registries for every digest, and write the lock file."""
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import save
    from eksclave.images.tell import changes_text
    from eksclave.images.update import compare

    spec, old, new = _lock_again(cluster, platforms, jobs)
    save(new, lock_path(spec))
    click.echo(changes_text(compare(old, new)), nl=False)
    click.echo(f"wrote {lock_path(spec)}: {len(new.images)} images", err=True)


@command.command("update")
@click.argument("cluster")
@click.option("--kubernetes-version", help="ask what this version would need, before the spec says it")
@click.option("--platform", "platforms", multiple=True, help="such as linux/amd64; those of the lock when left out")
@click.option("--write", "writes", is_flag=True, help="write the lock file; the exit code stays 1 where it changed")
@JOBS
def update(
    cluster: str,
    kubernetes_version: str | None,
    platforms: tuple[str, ...],
    writes: bool,
    jobs: int,
) -> None:
    """Show what locking again would change, and so what must be copied before an upgrade. Exits 1 where it would."""
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import save
    from eksclave.images.tell import changes_text
    from eksclave.images.update import compare

    spec, old, new = _lock_again(cluster, platforms, jobs, kubernetes_version)
    changes = compare(old, new)
    if kubernetes_version:
        from eksclave.design.open import open_spec
        from eksclave.images.update import upgrade_notes

        _, design, _ = _design(cluster, version=kubernetes_version)
        click.echo("\n".join(upgrade_notes(open_spec(spec).spec, design, kubernetes_version)))
    click.echo(changes_text(changes), nl=False)
    if writes:
        save(new, lock_path(spec))
        click.echo(f"wrote {lock_path(spec)}", err=True)
    sys.exit(1 if changes else 0)


@command.command("copy")
@CLUSTER
@LOCK
@REGISTRY
@COPIER
@JOBS
@click.option("--only", multiple=True, help="copy only images whose upstream name holds this; may be repeated")
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), help="write the commands here (- prints them)")
@click.option("--archive", type=click.Path(path_type=Path), help="copy into this folder, an OCI layout")
@click.option("--from-archive", type=click.Path(path_type=Path), help="copy from such a folder to the mirror")
def copy(
    cluster: str | None,
    lock_file: Path | None,
    registry: str | None,
    copier: str,
    jobs: int,
    only: tuple[str, ...],
    plan_file: Path | None,
    archive: Path | None,
    from_archive: Path | None,
) -> None:
    """Copy what the mirror lacks. It may be killed and started again at any moment."""
    from eksclave.images import run
    from eksclave.images.session import Session

    lock = _read_lock(cluster, lock_file)
    images = tuple(i for i in lock.images if not i.cached and (not only or any(w in i.source.name for w in only)))
    session = Session()
    if archive:
        outcomes = run.pack(images, archive, copier, session, jobs, _told(len(images)))
        sys.exit(_sum_up(outcomes, f"archive {archive}"))
    host = registry or _home(cluster).host
    if plan_file:
        text = run.plan(images, host, session)
        click.echo(text, nl=False) if str(plan_file) == "-" else plan_file.write_text(text, encoding="utf-8")
        return
    outcomes = run.copy(images, host, copier, session, jobs, _told(len(images)), from_archive)
    sys.exit(_sum_up(outcomes, host))


@command.command("check")
@CLUSTER
@LOCK
@REGISTRY
@JOBS
@click.option("--region", default="", help="with --lock alone: the Region of the registry")
@click.option("--account", default="", help="with --lock alone: the account of the registry")
def check(
    cluster: str | None, lock_file: Path | None, registry: str | None, jobs: int, region: str, account: str
) -> None:
    """Compare the lock file with ECR, or another registry. Exits 1 where an image is missing or different.

    ECR is asked through its API. With --registry every manifest is read and hashed, and every blob measured.
    """
    from eksclave.images.check import client, differences

    lock = _read_lock(cluster, lock_file)
    if registry:
        from eksclave.images.check import lacking
        from eksclave.images.session import Session

        sys.exit(_tell_differences(lock, lacking(lock.images, registry, Session(), jobs)))
    if not (region and account):
        home = _home(cluster)
        region, account = region or home.region, account or home.account
    sys.exit(_tell_differences(lock, differences(lock.images, client(region), account)))


@command.command("warm")
@CLUSTER
@LOCK
@REGISTRY
@COPIER
@JOBS
def warm(cluster: str | None, lock_file: Path | None, registry: str | None, copier: str, jobs: int) -> None:
    """Pull every cached image once, from a machine that has a way out."""
    from eksclave.images import run
    from eksclave.images.session import Session

    lock = _read_lock(cluster, lock_file)
    images = tuple(image for image in lock.images if image.cached)
    if not images:
        click.echo("no image comes through a cache rule: there is nothing to warm", err=True)
        return
    host = registry or _home(cluster).host
    sys.exit(_sum_up(run.warm(images, host, copier, Session(), jobs, _told(len(images))), host))


def _spec(cluster: str) -> Path:
    path = Path(cluster)
    return path if path.suffix in (".yaml", ".yml") or path.is_file() else Path("clusters") / f"{cluster}.yaml"


def _design(cluster: str, image_paths: tuple[str, ...] = (), version: str | None = None) -> tuple[Path, Any, Any]:
    """Return the spec's path, its design (for another Kubernetes version, if one is given), the paths to its images."""
    from eksclave.catalog.versions import kubernetes_versions
    from eksclave.design.build import build
    from eksclave.design.open import open_spec
    from eksclave.images.manifests import read_paths

    spec = open_spec(_spec(cluster)).spec
    paths = read_paths((*spec.workloads.image_paths, *image_paths))
    if version:
        if version not in kubernetes_versions():
            raise click.UsageError(f"Kubernetes '{version}' is not known; known: {', '.join(kubernetes_versions())}")
        spec = spec.model_copy(update={"kubernetes_version": version})
    return _spec(cluster), build(spec), paths


def _home(cluster: str | None) -> Any:
    from eksclave.images.inventory import home_of

    if not cluster:
        raise click.UsageError("name a CLUSTER, or the mirror with --registry")
    return home_of(_design(cluster)[1])


def _read_lock(cluster: str | None, lock_file: Path | None) -> Any:
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import read

    if not cluster and not lock_file:
        raise click.UsageError("name a CLUSTER, or a lock file with --lock")
    return read(lock_file or lock_path(_spec(cluster or "")))


def _lock_again(
    cluster: str, platforms: tuple[str, ...], jobs: int, version: str | None = None
) -> tuple[Path, Any, Any]:
    """Return the spec's path, the lock that is there (or None), and the lock as the registries would have it now."""
    from eksclave.images.inventory import home_of, need_copies, of_design
    from eksclave.images.lockfile import lock_path
    from eksclave.images.locktext import read
    from eksclave.images.resolve import lock
    from eksclave.images.session import Session

    spec, design, paths = _design(cluster, version=version)
    old = read(lock_path(spec)) if lock_path(spec).is_file() else None
    wanted = platforms or (old.wanted if old else ())
    images = need_copies(of_design(design, spec.parent, paths))
    return spec, old, lock(images, home_of(design), wanted, Session().open, jobs)


def _told(total: int) -> Callable[[Any], None]:
    """Return what prints one line per image as it ends: how far we are, what was done."""
    ended = 0

    def tell(outcome: Any) -> None:
        from eksclave.images.tell import outcome_text

        nonlocal ended
        ended += 1
        click.echo(f"[{ended:>{len(str(total))}}/{total}] {outcome_text(outcome)}", err=outcome.state == "failed")

    return tell


def _tell_differences(lock: Any, found: Any) -> int:
    """Print what differs; return the exit code."""
    for one in found:
        click.echo(f"{one.repository}: {one.said}; {one.fix}\n  needed as {one.source}")
    click.echo(f"{len(lock.images)} images locked, {len(found)} differences", err=True)
    return 1 if found else 0


def _sum_up(outcomes: Any, place: str) -> int:
    """Print the sums; return the exit code."""
    from eksclave.images.tell import sums_text

    click.echo(f"{place}: {sums_text(outcomes)}", err=True)
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0

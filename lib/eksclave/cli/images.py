"""`eksclave images`: list, lock, update, copy, check and warm every image that will run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eksclave.cli.clusters import design_of, lock_again, lock_of, mirror_of, spec_path
from eksclave.cli.progress import Progress, sum_up, tell_differences
from eksclave.errors import EksclaveError

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
@click.option(
    "--manifest", "manifests", multiple=True, help="Kubernetes YAML (- reads it), or a folder of it; may be repeated"
)
@click.option("--region", default="", help="with --manifest alone: the Region whose AWS registry counts as near")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@PATHS
def list_(
    cluster: str | None, manifests: tuple[str, ...], region: str, form: str, image_paths: tuple[str, ...]
) -> None:
    """Print every image: where it comes from, and who needs it."""
    from eksclave.images.inventory import find_files, home_of, merge, of_design, of_files
    from eksclave.images.kinds import Home
    from eksclave.images.manifests import read_paths
    from eksclave.images.tell import listed_json, listed_text

    if not cluster and not manifests:
        raise click.UsageError("name a CLUSTER, or Kubernetes YAML with --manifest")
    bundled = of_files(find_files(manifests), read_paths(image_paths))
    if cluster:
        design, paths = design_of(cluster, image_paths)
        home = home_of(design)
        bundled += [(one.image, one.needed_by) for one in of_design(design, spec_path(cluster).parent, paths)]
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

    old, new = lock_again(cluster, platforms, jobs)
    place = lock_path(spec_path(cluster))
    save(new, place)
    click.echo(changes_text(compare(old, new)), nl=False)
    click.echo(f"wrote {place}: {len(new.images)} images", err=True)


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

    old, new = lock_again(cluster, platforms, jobs, kubernetes_version)
    changes = compare(old, new)
    if kubernetes_version:
        from eksclave.design.open import open_spec
        from eksclave.images.update import upgrade_notes

        design, _ = design_of(cluster, version=kubernetes_version)
        click.echo("\n".join(upgrade_notes(open_spec(spec_path(cluster)).spec, design, kubernetes_version)))
    click.echo(changes_text(changes), nl=False)
    if writes:
        save(new, lock_path(spec_path(cluster)))
        click.echo(f"wrote {lock_path(spec_path(cluster))}", err=True)
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

    if sum(map(bool, (plan_file, archive, from_archive))) > 1:
        raise click.UsageError("--plan, --archive and --from-archive are three ways; name one")
    images = tuple(image for image in lock_of(cluster, lock_file).images if not image.cached)
    for word in only:
        if not any(word in image.source.name for image in images):
            raise EksclaveError(f"no image that is copied has '{word}' in its name", "see `eksclave images list`")
    images = tuple(image for image in images if not only or any(word in image.source.name for word in only))
    session = Session()
    if archive:
        with Progress(len(images), is_mirrored=False) as progress:
            outcomes = run.pack(images, archive, copier, session, jobs, progress.ended)
        sys.exit(sum_up(outcomes, f"archive {archive}"))
    host = registry or mirror_of(cluster).host
    if plan_file:
        text = run.plan(images, host, session)
        click.echo(text, nl=False) if str(plan_file) == "-" else _write(plan_file, text)
        return
    with Progress(len(images)) as progress:
        outcomes = run.copy(images, host, copier, session, jobs, progress.ended, from_archive)
    sys.exit(sum_up(outcomes, host))


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

    lock = lock_of(cluster, lock_file)
    if registry:
        from eksclave.images.check import lacking
        from eksclave.images.session import Session

        sys.exit(tell_differences(lock, lacking(lock.images, registry, Session(), jobs)))
    if not (region and account):
        home = mirror_of(cluster)
        region, account = region or home.region, account or home.account
    sys.exit(tell_differences(lock, differences(lock.images, client(region), account)))


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

    images = tuple(image for image in lock_of(cluster, lock_file).images if image.cached)
    if not images:
        click.echo("no image comes through a cache rule: there is nothing to warm", err=True)
        return
    host = registry or mirror_of(cluster).host
    with Progress(len(images)) as progress:
        outcomes = run.warm(images, host, copier, Session(), jobs, progress.ended)
    sys.exit(sum_up(outcomes, host))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EksclaveError(f"cannot be written: {error.strerror}", "name another file", str(path)) from error

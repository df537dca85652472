"""Every image that will run: from the design (add-ons, controllers, node bootstrap) and from manifest bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from eksclave.catalog.image_fields import DEFAULT_PATHS
from eksclave.catalog.images import CanonicalImage, MirroredImage
from eksclave.design.model import Design, ImagePlan
from eksclave.errors import EksclaveError, InputError
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import Lock
from eksclave.images.manifests import Paths, images_in, read_file

# EKS user guide, community-addons and workloads-add-ons-available-eks: what AWS publishes and keeps in-Region.
ADDON_INSTEAD = {
    "aws-ebs-csi-driver": "aws-ebs-csi-driver",
    "aws-efs-csi-driver": "aws-efs-csi-driver",
    "cert-manager-controller": "cert-manager",
    "external-dns": "external-dns",
    "fluent-bit": "fluent-bit",
    "kube-state-metrics": "kube-state-metrics",
    "metrics-server": "metrics-server",
    "node-exporter": "prometheus-node-exporter",
    "snapshot-controller": "snapshot-controller",
}


@dataclass(frozen=True, order=True)
class Listed:
    """One image that will run, what has to be done for it, who needs it, and a better way where there is one."""

    image: CanonicalImage
    kind: Kind
    needed_by: tuple[str, ...]
    advice: str = ""


def home_of(design: Design) -> Home:
    """Return the account, Region, prefix and cache rules that decide where images are pulled from."""
    registry = design.registry
    rules = {_upstream(rule.upstream_url): rule.prefix for rule in registry.cache_rules}
    return Home(design.account, design.region, registry.prefix, rules)


def of_design(design: Design, base: Path, paths: Paths = DEFAULT_PATHS) -> tuple[Listed, ...]:
    """Return every image of a cluster; manifest bundles are read relative to `base`, the folder of the spec.

    `paths` are the fields that hold images, beside pod specs: `read_paths(spec.workloads.image_paths)`.
    """
    uses = [(_planned(plan), plan.required_by) for plan in design.images]
    bundled = of_files([base / bundle for bundle in design.workloads.manifests], paths)
    return merge([*uses, *bundled], home_of(design))


def _planned(plan: ImagePlan) -> CanonicalImage:
    """Return the image of a plan; an add-on's has no tag, because EKS picks it with the add-on's version."""
    image = CanonicalImage.parse(plan.canonical)
    return image if image.digest or plan.canonical.endswith(f":{image.tag}") else replace(image, tag="")


def of_files(files: Iterable[str | Path], paths: Paths = DEFAULT_PATHS) -> list[tuple[CanonicalImage, tuple[str, ...]]]:
    """Return the images in Kubernetes YAML files, each with the object that needs it and its place."""
    found: list[tuple[CanonicalImage, tuple[str, ...]]] = []
    mistakes = []
    for file in files:
        try:
            uses = images_in(read_file(file), str(file), paths)
            found += [(image, (f"{subject} ({place})",)) for image, subject, place in uses]
        except InputError as error:
            mistakes += error.mistakes
    if mistakes:
        raise InputError(mistakes)
    return found


def merge(uses: Iterable[tuple[CanonicalImage, tuple[str, ...]]], home: Home) -> tuple[Listed, ...]:
    """Return each image once, with all who need it."""
    needed: dict[CanonicalImage, set[str]] = {}
    for image, who in uses:
        needed.setdefault(image, set()).update(who)
    return tuple(
        Listed(image, home.kind(image), tuple(sorted(who)), advice(image, home))
        for image, who in sorted(needed.items())
    )


def advice(image: CanonicalImage, home: Home) -> str:
    """Return what would spare the copy, or warn of a name that looks in-Region and is not."""
    wrong = home.misplaced(image)
    if wrong or home.kind(image) in (Kind.AWS, Kind.OWN):
        return wrong
    addon = ADDON_INSTEAD.get(image.repository.rpartition("/")[2])
    return f"EKS add-on '{addon}' needs no copy" if addon else ""


def pulled(image: CanonicalImage, home: Home, lock: Lock | None) -> MirroredImage:
    """Return the reference that the closed network pulls, by the locked digest where there is one."""
    locked = lock.find_or_none(image) if lock else None
    if locked:
        return locked.mirror(home.host)
    return home.pulled(image)


def replacer(home: Home, lock: Lock | None) -> Callable[[str], str]:
    """Return the function that turns a reference in a manifest into the one to deploy; what is in-Region stays."""

    def deployed(text: str) -> str:
        image = CanonicalImage.parse(text)
        if home.kind(image) in (Kind.AWS, Kind.OWN):
            return text
        return pulled(image, home, lock).pinned

    return deployed


def need_copies(listed: Iterable[Listed]) -> tuple[CanonicalImage, ...]:
    """Return the images that must be copied, and those behind a cache rule, which are locked too."""
    return tuple(sorted({one.image for one in listed if one.kind in (Kind.COPY, Kind.CACHE)}))


def find_files(names: Iterable[str]) -> list[Path]:
    """Return the YAML and JSON files that these names mean; a folder means all of them in it."""
    files: list[Path] = []
    for name in names:
        path = Path(name)
        inside = (
            sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml", ".json")) if path.is_dir() else [path]
        )
        if not inside:
            raise EksclaveError("holds no YAML or JSON file", "name a file", name)
        files += inside
    return files


def _upstream(url: str) -> str:
    """Return the registry that a rule's URL means: `registry-1.docker.io` is docker.io."""
    return CanonicalImage.parse(f"{url.removeprefix('https://').rstrip('/')}/x/x").registry

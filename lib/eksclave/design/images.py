"""Every image that will run: where it comes from, and what the cluster pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.images import CanonicalImage, cached, mirrored
from eksclave.catalog.regions import Region
from eksclave.catalog.registries import addon_registry, bottlerocket_registry
from eksclave.design.model import ImagePlan
from eksclave.design.parts import Parts
from eksclave.spec.model import ClusterSpec


def plan_images(
    spec: ClusterSpec, region: Region, parts: Parts, digests: Mapping[str, str] | None = None
) -> tuple[ImagePlan, ...]:
    """Return the images of all add-ons and controllers, by canonical name.

    `digests` are locked ones by canonical name; with one, what the cluster pulls is pinned by it.
    """
    found: dict[str, ImagePlan] = {}
    for image in _images(spec, region, parts, digests or {}):
        known = found.get(image.canonical)
        if known is not None:
            owners = tuple(sorted({*known.required_by, *image.required_by}))
            image = ImagePlan(image.canonical, image.mirrored, image.origin, image.repository, owners)
        found[image.canonical] = image
    return tuple(found[name] for name in sorted(found))


def mirrored_reference(spec: ClusterSpec, region: Region, canonical: str, digests: Mapping[str, str]) -> ImagePlan:
    """Return where the cluster pulls an upstream image from: behind a cache rule of its registry, or copied."""
    image = CanonicalImage.parse(canonical)
    host = region.partition.ecr_host(spec.account, spec.region)
    digest = digests.get(str(image), "")
    for rule in spec.registry.pull_through_cache:
        if rule.upstream == image.registry:
            there = cached(image.at(digest or image.digest), host, rule.prefix)
            return ImagePlan(str(image), there.pinned, "cache", None, ())
    copy = mirrored(image, host, spec.registry.prefix, digest)
    return ImagePlan(str(image), copy.pinned, "copy", copy.repository, ())


def controller_image(spec: ClusterSpec, controller: AddonFacts, override: str | None) -> str:
    """Return the canonical image of a controller: the spec's, or the catalogue's for this Kubernetes version."""
    return override or controller.images[0].format(minor=spec.kubernetes_version)


def _node_images(spec: ClusterSpec, region: Region) -> Iterator[ImagePlan]:
    """Yield what nodes pull themselves: the sandbox of every pod, and Bottlerocket's control container."""
    if spec.groups:
        pause = f"{addon_registry(region.name)}/eks/pause"
        yield ImagePlan(pause, pause, "aws", None, ("nodes",))
    if any(group.ami == "bottlerocket" for group in spec.groups):
        control = f"{bottlerocket_registry(region.name)}/bottlerocket-control"
        yield ImagePlan(control, control, "aws", None, ("bottlerocket",))


def _images(spec: ClusterSpec, region: Region, parts: Parts, digests: Mapping[str, str]) -> Iterator[ImagePlan]:
    yield from _node_images(spec, region)
    for addon, _ in parts.addons:
        for template in addon.images:
            name = template.format(addons=addon_registry(region.name))
            yield ImagePlan(name, name, "aws", None, (addon.name,))
    for controller, choice, _ in parts.controllers:
        plan = mirrored_reference(spec, region, controller_image(spec, controller, choice.image), digests)
        yield ImagePlan(plan.canonical, plan.mirrored, plan.origin, plan.repository, (controller.name,))

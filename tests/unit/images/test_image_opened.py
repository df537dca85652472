"""A design as it is deployed: bundles rewritten, repositories for them, digests from the lock, and the gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.errors import InputError
from eksclave.images.inventory import need_copies, of_design
from eksclave.images.lockfile import Lock, LockedImage, lock_path
from eksclave.images.locktext import write
from eksclave.images.opened import UNLOCKED, open_designs

SPEC = """\
name: prod
region: eu-central-1
account: "111122223333"
workloads:
  manifests: [shop.yaml]
"""
SHOP = """\
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec: {template: {spec: {containers: [{name: web, image: "quay.io/shop/web:2"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: words}, data: {a: b}}
"""
HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "prod.yaml").write_text(SPEC)
    return tmp_path / "prod.yaml"


def lock_all(spec: Path, digest: str = DIGEST, without: str = "?") -> None:
    (design,) = open_designs([spec])
    images = [image for image in need_copies(of_design(design, spec.parent)) if without not in image.name]
    locked = [LockedImage(i, digest, f"mirror/{i.name}", f"{i.tag}-111111111111", ()) for i in images]
    lock_path(spec).write_text(write(Lock("mirror", tuple(locked))))


def test_a_bundles_images_get_repositories_and_its_objects_point_to_the_mirror(spec: Path):
    (design,) = open_designs([spec])
    assert [thing["kind"] for thing in design.workloads.objects] == ["Deployment", "ConfigMap"]
    container = design.workloads.objects[0]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"{HOST}/mirror/quay.io/shop/web:2"
    assert "mirror/quay.io/shop/web" in [repository.name for repository in design.registry.repositories]
    assert ("quay.io/shop/web:2", "copy") in [(image.canonical, image.origin) for image in design.images]
    assert UNLOCKED in design.warnings


def test_with_a_lock_everything_is_pinned_by_its_digest(spec: Path):
    lock_all(spec)
    (design,) = open_designs([spec])
    container = design.workloads.objects[0]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"{HOST}/mirror/quay.io/shop/web@{DIGEST}"
    assert {controller.image.partition("@")[2] for controller in design.workloads.controllers} == {DIGEST}
    assert UNLOCKED not in design.warnings


@pytest.mark.parametrize("without", ["quay.io/shop/web", "registry.k8s.io/autoscaling/cluster-autoscaler"])
def test_an_image_that_the_lock_does_not_know_is_held_at_the_gate(spec: Path, without: str):
    lock_all(spec, without=without)
    with pytest.raises(InputError, match=f"mirror/{without}.*is not locked; run `eksclave images lock`"):
        open_designs([spec])


def test_an_addon_image_of_another_region_is_copied_rather_than_pulled_from_there(spec: Path):
    far = "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.5"
    (spec.parent / "shop.yaml").write_text(SHOP.replace("quay.io/shop/web:2", far))
    (design,) = open_designs([spec])
    container = design.workloads.objects[0]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"{HOST}/mirror/{far}"


def test_a_repository_stays_as_long_as_the_lock_names_it(spec: Path):
    lock_all(spec)
    (spec.parent / "shop.yaml").write_text(SHOP.replace("quay.io/shop/web:2", f"{HOST}/team/web:2"))
    (design,) = open_designs([spec])
    held = {repository.name: repository.required_by for repository in design.registry.repositories}
    assert held["mirror/quay.io/shop/web"] == ("the lock file",)


def test_a_lock_of_another_prefix_is_told(spec: Path):
    lock_all(spec)
    spec.write_text(SPEC + "registry: {prefix: other}\n")
    with pytest.raises(
        InputError, match=r"prefix: was made for the registry prefix 'mirror', and the spec says 'other'"
    ):
        open_designs([spec])


def test_images_in_fields_that_the_spec_names_are_known_and_rewritten(spec: Path):
    more = "---\napiVersion: example.com/v1\nkind: Shop\nmetadata: {name: s}\nspec: {parts: [{image: quay.io/shop/part:1}]}\n"
    (spec.parent / "shop.yaml").write_text(SHOP + more)
    spec.write_text(SPEC + '  image_paths: ["Shop.example.com:spec.parts[*].image"]\n')
    (design,) = open_designs([spec])
    assert design.workloads.objects[-1]["spec"]["parts"] == [{"image": f"{HOST}/mirror/quay.io/shop/part:1"}]
    assert "mirror/quay.io/shop/part" in [repository.name for repository in design.registry.repositories]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words\n", "holds a document without apiVersion and kind"),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}\n",
            "holds a ConfigMap without metadata.name",
        ),
        (
            SHOP + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: words}}\n",
            "ConfigMap words is in .* already",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{image: 'A b'}]}}\n",
            "'A b' is not an image",
        ),
        ("a: [\n", "not YAML"),
    ],
)
def test_a_bundle_that_cannot_be_applied_is_told_before_synth(spec: Path, text: str, said: str):
    (spec.parent / "shop.yaml").write_text(text)
    with pytest.raises(InputError, match=rf"shop\.yaml.*{said}"):
        open_designs([spec])

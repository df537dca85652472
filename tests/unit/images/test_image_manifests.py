"""Image references are found wherever Kubernetes objects hide them, and rewritten in place."""

from __future__ import annotations

import pytest
from eksclave.errors import EksclaveError, InputError
from eksclave.images.documents import load
from eksclave.images.manifests import find, images_in, read_paths, rewrite

BUNDLE = """
# Source: chart/templates/all.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      initContainers:
        - {name: init, image: "busybox:1.36"}
      containers:
        - name: web
          image: quay.io/shop/web:2
          args: [--port=80, "--proxy-image=quay.io/shop/proxy:3", --image, "quay.io/shop/side:4", --image-pull-policy=Always]
          env:
            - {name: RELATED_IMAGE_DB, value: "ghcr.io/shop/db:5"}
            - {name: LOGO_IMAGE, value: "/static/logo.png"}
      ephemeralContainers:
        - {name: debug, image: "busybox:1.37"}
      volumes:
        - name: model
          image: {reference: "quay.io/shop/model:6", pullPolicy: IfNotPresent}
---
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: job, image: "quay.io/shop/job:7"}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: one}
    spec: {containers: [{name: a, image: "quay.io/shop/pod:8"}]}
  - apiVersion: monitoring.coreos.com/v1
    kind: PrometheusList
    items:
      - apiVersion: monitoring.coreos.com/v1
        kind: Prometheus
        metadata: {name: k8s, namespace: monitoring}
        spec: {image: "quay.io/prometheus/prometheus:v3"}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: roll}
spec: {template: {spec: {containers: [{name: a, image: "quay.io/shop/roll:9"}]}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: x}
spec: {versions: [{schema: {openAPIV3Schema: {properties: {containers: {items: {properties: {image: {type: string}}}}}}}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: words}
data: {image: "quay.io/not/an-image:1"}
"""

EVERY = {
    "busybox:1.36",
    "quay.io/shop/web:2",
    "quay.io/shop/proxy:3",
    "quay.io/shop/side:4",
    "ghcr.io/shop/db:5",
    "busybox:1.37",
    "quay.io/shop/model:6",
    "quay.io/shop/job:7",
    "quay.io/shop/pod:8",
    "quay.io/prometheus/prometheus:v3",
    "quay.io/shop/roll:9",
}


def test_every_hiding_place_is_searched_and_nothing_else():
    assert {found.text for document in load(BUNDLE, "b.yaml") for found in find(document)} == EVERY


def test_each_image_knows_who_needs_it_and_the_line():
    told = {str(image): (who, place) for image, who, place in images_in(BUNDLE, "b.yaml")}
    assert told["quay.io/shop/job:7"] == ("CronJob nightly", "b.yaml:33")
    assert told["quay.io/shop/web:2"] == ("Deployment shop/web", "b.yaml:13")
    assert told["quay.io/prometheus/prometheus:v3"][0] == "Prometheus monitoring/k8s"


def test_rewriting_changes_the_references_only_and_leaves_the_original_alone():
    documents = load(BUNDLE, "b.yaml")
    changed = [rewrite(document, lambda text: f"mirror/{text}") for document in documents]
    assert documents == load(BUNDLE, "b.yaml")
    assert {found.text for document in changed for found in find(document)} == {f"mirror/{text}" for text in EVERY}
    assert changed[0]["spec"]["template"]["spec"]["containers"][0]["args"] == [
        "--port=80",
        "--proxy-image=mirror/quay.io/shop/proxy:3",
        "--image",
        "mirror/quay.io/shop/side:4",
        "--image-pull-policy=Always",
    ]
    assert changed[-1] == documents[-1]
    undone = [rewrite(document, lambda text: text.removeprefix("mirror/")) for document in changed]
    assert undone == documents


def test_an_operators_own_fields_are_found_by_configured_paths():
    paths = read_paths(["Shop.example.com:spec.parts[*].run.image", "Shop.example.com:spec.sidecars.*.image"])
    shop = {
        "apiVersion": "example.com/v1",
        "kind": "Shop",
        "spec": {
            "parts": [{"run": {"image": "a/b:1"}}, {"run": {}}, {"run": {"image": "a/c:1"}}],
            "sidecars": {"log": {"image": "a/d:1"}},
        },
    }
    assert [(f.path, f.text) for f in find(shop, paths)] == [
        ("spec.parts[0].run.image", "a/b:1"),
        ("spec.parts[2].run.image", "a/c:1"),
        ("spec.sidecars.log.image", "a/d:1"),
    ]
    assert find({**shop, "apiVersion": "other.com/v1"}, paths) == []


def test_a_path_that_is_not_one_is_refused():
    for word in ("spec.image", "Kind:", "Kind:spec..image", "Kind:spec[0].image"):
        with pytest.raises(EksclaveError, match=r"is not Kind\.group:path"):
            read_paths([word])


def test_all_wrong_references_are_told_at_once_with_their_place():
    text = (
        "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: ${TAG}\n  - image: a:b:c\n  - image: ok:1\n"
    )
    with pytest.raises(InputError) as told:
        images_in(text, "p.yaml")
    assert [(m.where, m.path) for m in told.value.mistakes] == [
        ("p.yaml:5", "Pod p spec.containers[0].image"),
        ("p.yaml:6", "Pod p spec.containers[1].image"),
    ]


def test_broken_yaml_is_told_with_its_line():
    with pytest.raises(EksclaveError, match=r"^b\.yaml:3: not YAML"):
        load("a: 1\nb: [\n", "b.yaml")


@pytest.mark.parametrize(
    "text", ["", "---\n", "null\n", "- 1\n- x\n", "just words\n", "kind: Pod\nspec: {containers: 3}\n"]
)
def test_documents_without_images_give_none(text: str):
    assert images_in(text, "x.yaml") == []

"""Bundles as tools write them: `helm template` with hooks and comments, a byte order mark, CRLF, anchors, Lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.errors import InputError
from eksclave.images.bundles import read_bundles
from eksclave.images.inventory import of_files
from eksclave.images.manifests import read_paths

HELM = """\
---
# Source: shop/templates/service-account.yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop}
---
# Source: shop/templates/empty.yaml
# a template whose condition was false leaves only its comments: image: quay.io/shop/never:1
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: &labels
    app: web
spec:
  template:
    metadata:
      labels: *labels
    spec:
      initContainers:
        - name: wait
          image: &tool "quay.io/shop/tool:2"  # the same image twice, by an alias
      containers:
        - name: web
          image: quay.io/shop/web:1 # image: quay.io/shop/comment:1
        - name: side
          image: *tool
          <<: &more {imagePullPolicy: Always}
---
# Source: shop/templates/hook.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": before-hook-creation
spec:
  template:
    spec:
      containers:
        - name: migrate
          image: "quay.io/shop/migrate@sha256:{digest}"
          command: [sh, -c, "echo image: quay.io/shop/text:1"]
---
# Source: shop/templates/tests/test.yaml
apiVersion: v1
kind: Pod
metadata: {name: check, annotations: {"helm.sh/hook": test}}
spec: {containers: [{name: check, image: quay.io/shop/check:1}]}
...
""".replace("{digest}", "1" * 64)
FOUND = {
    "quay.io/shop/tool:2",
    "quay.io/shop/web:1",
    "quay.io/shop/migrate@sha256:" + "1" * 64,
    "quay.io/shop/check:1",
}


def names(path: Path) -> set[str]:
    return {str(image) for image, _ in of_files([path])}


@pytest.mark.parametrize(
    ("mark", "end"),
    [("", "\n"), ("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")],
    ids=["plain", "bom", "crlf", "both"],
)
def test_what_helm_writes_is_read_whatever_wrote_it_to_disk(tmp_path: Path, mark: str, end: str):
    path = tmp_path / "shop.yaml"
    path.write_bytes((mark + HELM.replace("\n", end)).encode())
    assert names(path) == FOUND
    places = {str(image): who for image, who in of_files([path])}
    assert places["quay.io/shop/web:1"] == (f"Deployment web ({path}:27)",)
    objects = read_bundles([path], lambda text: f"mirror/{text}", read_paths([]))
    assert [thing["kind"] for thing in objects] == ["ServiceAccount", "Deployment", "Job", "Pod"]
    side = objects[1]["spec"]["template"]["spec"]["containers"][1]
    assert side == {"name": "side", "image": "mirror/quay.io/shop/tool:2", "imagePullPolicy": "Always"}
    assert objects[2]["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_an_alias_is_led_to_the_mirror_once_wherever_it_stands(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
        "  containers: &all [{name: a, image: quay.io/a:1}]\n  initContainers: *all\n"
    )
    (pod,) = read_bundles([path], lambda text: f"mirror/{text}", read_paths([]))
    assert pod["spec"]["containers"] == pod["spec"]["initContainers"] == [{"name": "a", "image": "mirror/quay.io/a:1"}]


def test_lists_in_lists_and_json_are_opened(tmp_path: Path):
    path = tmp_path / "all.json"
    pod = (
        '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}, "spec": {"containers": [{"image": "a/%s:1"}]}}'
    )
    inner = '{"apiVersion": "v1", "kind": "PodList", "items": [' + pod % ("b", "b") + "]}"
    text = '{"apiVersion": "v1", "kind": "List", "items": [' + pod % ("a", "a") + ", " + inner + "]}"
    path.write_text("\ufeff" + text.replace("a/b", "a\\/b"))  # an escape that YAML does not know
    assert names(path) == {"docker.io/a/a:1", "docker.io/a/b:1"}
    objects = read_bundles([path], lambda text: f"m/{text}", read_paths([]))
    assert [one["spec"]["containers"][0]["image"] for one in objects] == ["m/a/a:1", "m/a/b:1"]


def test_all_bundles_tell_their_mistakes_at_once(tmp_path: Path):
    for name, text in (("a", "a: [\n"), ("b", "kind: Pod\n"), ("c", "- 1\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(InputError) as told:
        read_bundles([tmp_path / f"{name}.yaml" for name in "abc"], str, read_paths([]))
    assert len(told.value.mistakes) == 3

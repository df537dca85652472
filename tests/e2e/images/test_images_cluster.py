"""The commands as people use them, from a spec: lock, list, update, copy, check."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SPEC = """\
name: prod
region: eu-central-1
account: "111122223333"
kubernetes_version: "1.34"
workloads:
  cluster_autoscaler: {{image: "{host}/autoscaling/cluster-autoscaler:v1.34.0"}}
  load_balancer_controller: {{enabled: false}}
  manifests: [shop.yaml]
"""
SHOP = """\
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly, namespace: shop}}
spec: {{jobTemplate: {{spec: {{template: {{spec: {{containers: [{{name: a, image: "{host}/shop/web:1"}}]}}}}}}}}}}
"""


@pytest.fixture
def spec(upstream, tmp_path: Path) -> Path:
    """Return a spec whose images all come from the test's own registry."""
    upstream.push_image("autoscaling/cluster-autoscaler", "v1.34.0")
    upstream.push_image("shop/web", "1")
    (tmp_path / "prod.yaml").write_text(SPEC.format(host=upstream.host))
    (tmp_path / "shop.yaml").write_text(SHOP.format(host=upstream.host))
    return tmp_path / "prod.yaml"


def test_a_cluster_is_locked_copied_and_found_clean(upstream, mirror, work, spec: Path):
    code, out, err = work.run("lock", str(spec))
    assert code == 0, err
    assert f"+ {upstream.host}/shop/web: new, {upstream.host}/shop/web:1" in out
    lock = spec.with_suffix(".images.lock")
    assert [image["source"] for image in tomllib.loads(lock.read_text())["image"]] == [
        f"{upstream.host}/autoscaling/cluster-autoscaler:v1.34.0",
        f"{upstream.host}/shop/web:1",
    ]
    code, _, err = work.run("copy", str(spec), "--registry", mirror.host)
    assert (code, err.splitlines()[-1]) == (0, f"{mirror.host}: 2 copied, 0 already there, 0 failed")
    assert mirror.incomplete_tags() == []
    assert work.run("update", str(spec))[:2] == (0, "nothing would change\n")
    assert work.run("check", str(spec), "--registry", mirror.host)[::2] == (0, "2 images locked, 0 differences\n")
    assert work.run("update", str(spec), "--kubernetes-version", "9.9")[0] == 2
    mirror.ask("DELETE", f"{image_repository(lock)}/manifests/{tomllib.loads(lock.read_text())['image'][1]['digest']}")
    code, out, _ = work.run("check", str(spec), "--registry", mirror.host)
    assert (code, "is missing; run `eksclave images copy`" in out) == (1, True)
    before = lock.read_bytes()
    work.run("lock", str(spec))
    assert lock.read_bytes() == before, "locking again changes nothing"


def image_repository(lock: Path) -> str:
    return tomllib.loads(lock.read_text())["image"][1]["mirror"].partition(":")[0]


def test_an_upgrade_shows_what_must_be_mirrored_before_it(upstream, mirror, work, spec: Path):
    assert work.run("lock", str(spec))[0] == 0
    assert work.run("copy", str(spec), "--registry", mirror.host)[0] == 0
    code, out, _ = work.run("update", str(spec), "--kubernetes-version", "1.35")
    assert code == 0
    assert out.splitlines() == [
        "Kubernetes 1.34 → 1.35",
        "nothing to copy for coredns, eks-pod-identity-agent, kube-proxy, nodes, vpc-cni: AWS keeps their images in eu-central-1",
        f"cluster-autoscaler stays {upstream.host}/autoscaling/cluster-autoscaler:v1.34.0, which the spec names; "
        "usual for 1.35 is registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0",
        "nothing would change",
    ]
    upstream.push_image("autoscaling/cluster-autoscaler", "v1.35.0")
    spec.write_text(spec.read_text().replace('"1.34"', '"1.35"').replace("v1.34.0", "v1.35.0"))
    code, out, _ = work.run("update", str(spec))
    name = f"{upstream.host}/autoscaling/cluster-autoscaler"
    assert (code, out.splitlines()[0]) == (1, f"~ {name}: {name}:v1.34.0 → {name}:v1.35.0")
    assert out.splitlines()[1].startswith("1 to copy before it is deployed")
    code, out, err = work.run_command("design", str(spec))
    assert (code, "run `eksclave images lock`" in err) == (2, True), err
    assert work.run("lock", str(spec))[0] == 0
    code, out, _ = work.run("check", str(spec), "--registry", mirror.host)
    assert (code, "cluster-autoscaler" in out) == (1, True)
    assert work.run("copy", str(spec), "--registry", mirror.host)[0] == 0
    assert work.run("check", str(spec), "--registry", mirror.host)[0] == 0
    code, out, _ = work.run_command("design", str(spec))
    digest = tomllib.loads(spec.with_suffix(".images.lock").read_text())["image"][0]["digest"]
    assert (code, f"@{digest}" in out) == (0, True)


def test_an_update_shows_what_moved_and_must_be_copied_first(upstream, work, spec: Path):
    work.run("lock", str(spec))
    before = spec.with_suffix(".images.lock").read_bytes()
    upstream.push_image("shop/web", "1", ("amd64", "arm64", "s390x"))
    spec.write_text(spec.read_text().replace("v1.34.0", "v1.35.0"))
    upstream.push_image("autoscaling/cluster-autoscaler", "v1.35.0")
    code, out, _ = work.run("update", str(spec))
    assert code == 1
    lines = out.splitlines()
    scaler = f"{upstream.host}/autoscaling/cluster-autoscaler"
    assert lines[0] == f"~ {scaler}: {scaler}:v1.34.0 → {scaler}:v1.35.0"
    assert lines[1].startswith(f"~ {upstream.host}/shop/web: sha256:")
    assert lines[2].startswith("2 to copy before it is deployed")
    assert spec.with_suffix(".images.lock").read_bytes() == before, "update only shows"
    assert work.run("update", str(spec), "--write")[0] == 1
    assert work.run("update", str(spec))[0] == 0


def test_an_image_that_upstream_does_not_have_stops_the_lock(work, spec: Path):
    spec.write_text(spec.read_text().replace("v1.34.0", "v9"))
    code, _, err = work.run("lock", str(spec))
    assert code == 2
    assert "cluster-autoscaler:v9: the registry answered 404" in err
    assert not spec.with_suffix(".images.lock").exists()


def test_the_list_of_a_cluster_names_who_needs_each_image(upstream, work, spec: Path):
    code, out, _ = work.run("list", str(spec))
    assert code == 0
    copies = out[out.index("must copy (2)") :]
    assert copies.splitlines()[1:] == [
        f"  {upstream.host}/autoscaling/cluster-autoscaler:v1.34.0",
        "      cluster-autoscaler",
        f"  {upstream.host}/shop/web:1",
        f"      CronJob shop/nightly ({spec.parent / 'shop.yaml'}:4)",
    ]
    assert "eks/coredns\n" in out


def test_a_failure_names_its_place_the_registry_or_the_config(work, spec: Path):
    assert work.run("lock", str(spec))[0] == 0
    code, _, err = work.run("copy", str(spec), "--registry", "127.0.0.1:1")
    assert (code, err.count("127.0.0.1:1/mirror/") >= 2, "nobody listens there" in err) == (1, True, True), err
    (work.folder / "config.json").write_text("[]")
    code, _, err = work.run(
        "copy", str(spec), "--archive", str(work.folder / "a"), env={"DOCKER_CONFIG": str(work.folder)}
    )
    assert code == 1
    assert err.count(f"{work.folder / 'config.json'}: not a JSON object; repair it, or log in again") == 2, err


def test_locking_says_how_far_it_is(upstream, work, spec: Path):
    _, _, err = work.run("lock", str(spec))
    asked = [line.partition("] ")[::2] for line in err.splitlines()[:-1]]
    assert [place for place, _ in asked] == ["[1/2", "[2/2"]
    names = [f"{upstream.host}/autoscaling/cluster-autoscaler:v1.34.0", f"{upstream.host}/shop/web:1"]
    assert sorted(words for _, words in asked) == [f"asked for {name}" for name in names]


def test_a_cluster_without_a_lock_is_told_how_to_make_one(work, spec: Path):
    code, _, err = work.run("copy", str(spec))
    assert (code, "run `eksclave images lock`" in err) == (2, True)

"""From the lock to the proof: two clusters are locked and synthesized, and the proof sees what a later edit breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
SPEC = """\
name: {name}
region: {region}
account: "111122223333"
network: {{cidr: 10.0.0.0/16, zones: 3}}
node_groups: [{{name: default, instance_types: [m7i.large], scaling: {{min: 2, max: 3}}}}]
workloads:
  cluster_autoscaler: {{image: "{host}/autoscaling/cluster-autoscaler:v1.35.0"}}
  load_balancer_controller: {{image: "{host}/eks/aws-load-balancer-controller:v3"}}
  manifests: [shop.yaml]
"""
SHOP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: web, image: "{host}/shop/web:1"}}]}}}}
"""
AT = "kubernetes_manifest.cluster-deployment-shop-web"


@pytest.fixture
def stacks(upstream, work, tmp_path: Path) -> Path:
    """Return the synthesized stacks of two locked clusters in two Regions."""
    for name, tag in (
        ("autoscaling/cluster-autoscaler", "v1.35.0"),
        ("eks/aws-load-balancer-controller", "v3"),
        ("shop/web", "1"),
    ):
        upstream.push_image(name, tag)
    (tmp_path / "shop.yaml").write_text(SHOP.format(host=upstream.host))
    specs = []
    for name, region in (("near", "eu-central-1"), ("far", "eu-west-1")):
        specs.append(tmp_path / f"{name}.yaml")
        specs[-1].write_text(SPEC.format(name=name, region=region, host=upstream.host))
        assert work.run("lock", str(specs[-1]))[0] == 0
    environ = {
        **os.environ,
        "EKSCLAVE_SPECS": os.pathsep.join(map(str, specs)),
        "CDKTF_OUTDIR": str(tmp_path / "out"),
    }
    subprocess.run([sys.executable, str(ROOT / "main.py")], env=environ, check=True)
    return tmp_path / "out"


def test_what_is_edited_after_synth_is_seen_by_the_proof(stacks, work):
    """One test for all: making the stacks is what takes long."""
    assert work.run_command("prove", str(stacks), "--strict")[0] == 0
    place = stacks / "stacks" / "near-workloads" / "cdk.tf.json"
    whole = place.read_text()
    image = json.loads(whole)["resource"]["kubernetes_manifest"][AT.partition(".")[2]]["manifest"]
    image = image["spec"]["template"]["spec"]["containers"][0]["image"]
    name, _, digest = image.partition("@")
    edits: dict[str, Callable[[str], str]] = {
        "the lock does not hold this digest": lambda text: f"{name}@{digest[:-1]}{'0' if digest[-1] != '0' else '1'}",
        "named by a tag": lambda text: f"{name}:1",
        "no lock holds this image": lambda text: text.replace("/mirror/", "/mirror/quay.io/"),
        "no VPC endpoint leads to quay.io": lambda text: f"quay.io/shop/web@{digest}",
        "ECR of eu-west-1 has no endpoint here": lambda text: text.replace("eu-central-1", "eu-west-1"),
    }
    for words, edit in edits.items():
        place.write_text(whole.replace(image, edit(image)))
        code, out, err = work.run_command("prove", str(stacks))
        assert (code, words in out, f"near-workloads:{AT}" in out) == (1, True, True), (words, out, err)
        assert out.count("error[") == 1, out

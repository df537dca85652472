"""`eksclave images list`: from Kubernetes YAML alone."""

from __future__ import annotations

import json
import subprocess

import pytest

pytestmark = pytest.mark.slow

MANIFEST = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: ops}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: "nginx:1.27"}]}}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: dns}
spec:
  containers:
    - {name: a, image: "602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1"}
    - {name: b, image: "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.5"}
    - {name: c, image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0"}
"""


def test_every_image_is_listed_with_its_class_and_who_needs_it(work, tmp_path):
    (tmp_path / "bundle").mkdir()
    file = tmp_path / "bundle" / "all.yaml"
    file.write_text(MANIFEST)
    code, out, _ = work.run("list", "--manifest", str(tmp_path / "bundle"), "--region", "eu-central-1")
    assert code == 0
    assert (
        out
        == f"""\
in-region AWS registry (1)
  602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1
      Pod dns ({file}:12)

must copy (3)
  602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.5
      Pod dns ({file}:13)
      note: lies in the AWS registry of us-east-1; a closed network in eu-central-1 reaches only its own Region's
  docker.io/library/nginx:1.27
      CronJob ops/nightly ({file}:5)
  registry.k8s.io/metrics-server/metrics-server:v0.8.0
      Pod dns ({file}:14)
      note: EKS add-on 'metrics-server' needs no copy
"""
    )


def test_programs_read_the_same_as_json(work, tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(MANIFEST)
    _, out, _ = work.run("list", "--manifest", str(file), "--region", "eu-central-1", "--format", "json")
    assert [(row["kind"], row["image"].rpartition("/")[2]) for row in json.loads(out)["images"]] == [
        ("aws", "coredns:v1"),
        ("copy", "pause:3.5"),
        ("copy", "nginx:1.27"),
        ("copy", "metrics-server:v0.8.0"),
    ]


def test_what_is_piped_in_is_listed(work):
    process = work.start("list", "--manifest", "-", "--region", "eu-central-1", stdin=subprocess.PIPE)
    out, err = process.communicate(MANIFEST)
    assert (process.returncode, "CronJob ops/nightly (-:5)" in out) == (0, True), err


def test_nothing_to_list_from_is_wrong_usage(work):
    code, _, err = work.run("list")
    assert (code, "--manifest" in err) == (2, True)

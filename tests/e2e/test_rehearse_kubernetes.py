"""A stack for a Kubernetes API: with an API and without the plugin the others are rehearsed, and it is said why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .tiny import Bench, needs_terraform

pytestmark = pytest.mark.slow


@needs_terraform
def test_a_plugin_that_cannot_be_had_leaves_its_stack_out(bench: Bench, tmp_path: Path) -> None:
    body = {
        "terraform": {"required_providers": {"kubernetes": {"source": "hashicorp/kubernetes", "version": "999.0.0"}}},
        "resource": {"kubernetes_namespace_v1": {"n": {"metadata": [{"name": "n"}]}}},
    }
    place = bench.folder / "stacks" / "tiny-workloads"
    place.mkdir()
    (place / "cdk.tf.json").write_text(json.dumps(body))
    manifest = bench.folder / "manifest.json"
    listed = json.loads(manifest.read_text())
    listed["stacks"]["tiny-workloads"] = {
        "dependencies": [],
        "workingDirectory": "stacks/tiny-workloads",
        "synthesizedStackPath": "stacks/tiny-workloads/cdk.tf.json",
    }
    manifest.write_text(json.dumps(listed))
    kubeconfig = tmp_path / "kubeconfig"
    context = {"name": "here", "context": {"cluster": "here", "user": "me"}}
    cluster = {"name": "here", "cluster": {"server": "https://127.0.0.1:6443"}}
    user = {"name": "me", "user": {"token": "t"}}
    kubeconfig.write_text(
        json.dumps({"current-context": "here", "contexts": [context], "clusters": [cluster], "users": [user]})
    )
    stacks = ("--stack", "tiny-network", "--stack", "tiny-workloads")
    code, out, err = bench.run(*stacks, "--kubeconfig", str(kubeconfig))
    assert code == 0, out + err
    assert "note tiny-workloads was not rehearsed: hashicorp/kubernetes cannot be installed" in out
    assert "all well" in out

"""The workloads' API: what is taken from a kubeconfig, what is refused, and how a provider block is turned to it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from eksclave.errors import EksclaveError
from eksclave.operate.rehearse.estate import Stack
from eksclave.operate.rehearse.kubernetes import read_api
from eksclave.operate.rehearse.overrides import Overrides

URL = "http://127.0.0.1:4711"


def _kubeconfig(folder: Path, server: str = "https://127.0.0.1:6443", **user: Any) -> Path:
    encoded = base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()
    file = folder / "kubeconfig"
    file.write_text(json.dumps({
        "current-context": "kind-x",
        "contexts": [{"name": "kind-x", "context": {"cluster": "kind-x", "user": "admin"}}],
        "clusters": [{"name": "kind-x", "cluster": {"server": server, "certificate-authority-data": encoded}}],
        "users": [{"name": "admin", "user": user}],
    }))  # fmt: skip
    return file


def test_the_override_replaces_the_stacks_own_credentials_by_the_kubeconfigs(tmp_path: Path) -> None:
    api = read_api(_kubeconfig(tmp_path, token="t0ken"))
    provider = {"host": "https://x.gr7.eu-central-1.eks.amazonaws.com", "exec": [{"command": "aws", "args": ["eks"]}]}
    body = {"provider": {"kubernetes": [provider]}, "resource": {"kubernetes_manifest": {"m": {}}}}
    stack = Stack("workloads", Path("/nowhere"), body, ())
    (block,) = Overrides(tmp_path, URL, [stack], api).override(stack)["provider"]["kubernetes"]
    assert block["host"] == "https://127.0.0.1:6443"
    assert block["cluster_ca_certificate"] == "-----BEGIN CERTIFICATE-----"
    assert block["tls_server_name"] is None
    (run,) = block["exec"]
    assert run["command"] == "cat"
    credential = json.loads(Path(run["args"][0]).read_text())
    assert credential["status"] == {"token": "t0ken"}
    assert credential["apiVersion"] == run["api_version"]


def test_certificates_are_read_from_data_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "client.key").write_text("key")
    certificate = base64.b64encode(b"certificate").decode()
    user = {"client-certificate-data": certificate, "client-key": "client.key"}
    held = dict(read_api(_kubeconfig(tmp_path, **user)).credential)
    assert held == {"clientCertificateData": "certificate", "clientKeyData": "key"}


@pytest.mark.parametrize(
    ("server", "user", "said"),
    [
        ("https://x.gr7.eu-central-1.eks.amazonaws.com", {"token": "t"}, "is not on this machine"),
        ("https://localhost:8443", {"exec": {"command": "aws"}}, "may be a real cluster's, reached through a tunnel"),
        ("https://localhost:8443", {}, "neither a token nor a certificate"),
    ],
)
def test_an_api_that_may_be_a_real_clusters_is_refused(
    tmp_path: Path, server: str, user: dict[str, Any], said: str
) -> None:
    with pytest.raises(EksclaveError, match=said):
        read_api(_kubeconfig(tmp_path, server, **user))


def test_a_kubeconfig_without_its_context_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text("apiVersion: v1\ncontexts: []\ncurrent-context: gone\n")
    with pytest.raises(EksclaveError, match="contexts: gone"):
        read_api(file)

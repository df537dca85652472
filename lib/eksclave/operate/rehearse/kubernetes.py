"""A Kubernetes API on this machine that the user names: read from a kubeconfig, handed to the kubernetes provider."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eksclave.errors import EksclaveError

from .estate import Json
from .surroundings import LOOPBACK

KUBERNETES = "hashicorp/kubernetes"
_FIX = "name one of a cluster on this machine, such as kind's or k3s's"


@dataclass(frozen=True)
class Api:
    """Where an API answers, and as whom. The credential is an ExecCredential's `status`."""

    server: str
    authority: str = ""
    credential: Mapping[str, str] = field(default_factory=dict, repr=False)

    def provider(self, private: Path) -> Json:
        """Return the settings that turn a kubernetes provider to this API.

        An override replaces the block that it names and keeps all others, so the stack's `exec` is replaced by one that
        reads the credential from a file.
        """
        told = private / "credential.json"
        kind = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
        told.write_text(json.dumps({**kind, "status": dict(self.credential)}), encoding="utf-8")
        return {
            "host": self.server,
            "cluster_ca_certificate": self.authority or None,
            "insecure": None if self.authority else True,
            "tls_server_name": None,
            "config_path": None,
            "config_paths": None,
            "exec": [{"api_version": kind["apiVersion"], "command": "cat", "args": [str(told)]}],
        }


def read_api(kubeconfig: Path) -> Api:
    """Return the API of a kubeconfig's current context; refuse one that is, or may be, elsewhere."""
    from eksclave.spec.yaml_nodes import read_document

    said: Any = read_document(kubeconfig.read_text(encoding="utf-8"), str(kubeconfig)).value
    try:
        context = _named(said, "contexts", said["current-context"])["context"]
        cluster = _named(said, "clusters", context["cluster"])["cluster"]
        user = _named(said, "users", context["user"])["user"]
        server = str(cluster["server"])
    except (KeyError, TypeError) as missing:
        raise EksclaveError(f"no {missing} of a current context", _FIX, str(kubeconfig)) from None
    if urlsplit(server).hostname not in LOOPBACK:
        raise EksclaveError(f"the server '{server}' is not on this machine", _FIX, str(kubeconfig))
    if user.get("exec") or user.get("auth-provider"):
        said_by = "a user whose credentials a program fetches may be a real cluster's, reached through a tunnel"
        raise EksclaveError(said_by, _FIX, str(kubeconfig))
    credential = {
        "token": str(user.get("token") or ""),
        "clientCertificateData": _text(user, "client-certificate", kubeconfig),
        "clientKeyData": _text(user, "client-key", kubeconfig),
    }
    held = {word: value for word, value in credential.items() if value}
    if not held:
        raise EksclaveError("the current context's user has neither a token nor a certificate", _FIX, str(kubeconfig))
    return Api(server, _text(cluster, "certificate-authority", kubeconfig), held)


def _named(said: Json, kind: str, name: str) -> Json:
    found = next((one for one in said[kind] if one["name"] == name), None)
    if found is None:
        raise KeyError(f"{kind}: {name}")
    return found


def _text(holder: Json, word: str, kubeconfig: Path) -> str:
    """Return what a kubeconfig holds itself (`…-data`, base64) or in a file beside it."""
    try:
        if data := holder.get(f"{word}-data"):
            return base64.b64decode(str(data), validate=True).decode()
        return (kubeconfig.parent / str(holder[word])).read_text(encoding="utf-8") if holder.get(word) else ""
    except (binascii.Error, UnicodeDecodeError, OSError) as wrong:
        raise EksclaveError(f"{word} cannot be read: {wrong}", where=str(kubeconfig)) from None

"""Kubernetes objects as they are written in YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from eksclave.constructs.part import Part
from eksclave.toolkit import Construct, cdktf, kubernetes

_FIRST = ("CustomResourceDefinition", "Namespace")


class ManifestBundle(Part):
    """One `kubernetes_manifest` per object; the provider asks the API of the cluster when it plans them.

    Namespaces and definitions of kinds come before everything else. `resources` holds all of them.
    """

    usual_id: ClassVar[str] = "manifests"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: str,
        manifests: Sequence[Mapping[str, Any]],
        after: Sequence[cdktf.ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.resources: list[cdktf.ITerraformDependable] = []
        first: list[cdktf.ITerraformDependable] = []
        for manifest in sorted(manifests, key=lambda manifest: manifest.get("kind") not in _FIRST):
            metadata = manifest.get("metadata", {})
            words = (key, manifest.get("kind", ""), metadata.get("namespace", ""), metadata.get("name", ""))
            name = "-".join(str(word).lower() for word in words if word)
            early = manifest.get("kind") in _FIRST
            made = kubernetes.manifest.Manifest(
                self, name.replace("/", "-"), manifest=dict(manifest), depends_on=None if early else [*first, *after]
            )
            self.resources.append(self.named(made, name))
            if early:
                first.append(made)

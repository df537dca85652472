"""Kubernetes objects as they are written in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from eksclave.constructs.part import Part
from eksclave.toolkit import Construct, cdktf, kubernetes

_FIRST = ("CustomResourceDefinition", "Namespace")
_TEMPLATE = re.compile(r"([$%])\{(?!TfToken\[)")


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
            name = "-".join(str(word).lower() for word in words if word).replace("/", "-")
            if self.node.try_find_child(name):  # the same kind and name in another group of the API
                name += f"-{str(manifest['apiVersion']).rpartition('/')[0] or 'core'}"
            early = manifest.get("kind") in _FIRST
            made = kubernetes.manifest.Manifest(
                self, name, manifest=_literal(dict(manifest)), depends_on=None if early else [*first, *after]
            )
            self.resources.append(self.named(made, name))
            if early:
                first.append(made)


def _literal(value: Any) -> Any:
    """Return the same with `${` and `%{` spelled as Terraform wants them to stay text: a script's `${HOME}` is not ours
    to fill in. References of the CDK stay references."""
    if isinstance(value, str):
        return _TEMPLATE.sub(r"\1\1{", value)
    if isinstance(value, Mapping):
        return {_literal(key): _literal(inner) for key, inner in cast(Mapping[Any, Any], value).items()}
    if isinstance(value, list | tuple):
        return [_literal(inner) for inner in cast(Sequence[Any], value)]
    return value

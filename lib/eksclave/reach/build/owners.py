"""Whose a Kubernetes resource is, where the input has several clusters: the one that its own stack has or reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from eksclave.reach.build.base import Build
from eksclave.reach.facts.values import NOT_IN_INPUT, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref, plain


def owners(build: Build) -> Mapping[str, str]:
    """Return the one cluster of each input that has or reads exactly one, by the input's label.

    The kubernetes and helm providers' own configuration is not followed: a stack that knows one cluster talks to it.
    """
    known: dict[str, set[str]] = {}
    for one in build.of("aws_eks_cluster", data=True):
        known.setdefault(one.source, set()).add(build.cluster_address(one))
    clusters = {one.address for one in build.of("aws_eks_cluster")}
    for state in build.of("terraform_remote_state", data=True):
        read = {ref.address for ref in _refs(state.values.get("outputs"))} & clusters
        known.setdefault(state.source, set()).update(read)
    return {label: min(found) for label, found in known.items() if len(found) == 1}


def owner(resource: Resource, owners: Mapping[str, str]) -> Value[str]:
    """Return the cluster that a resource belongs to, unknown where its input does not say."""
    return owners.get(resource.source, NOT_IN_INPUT)


def _refs(value: Any) -> Iterator[Ref]:
    value = plain(value)
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for inner in cast(Mapping[str, Any], value).values():
            yield from _refs(inner)
    elif isinstance(value, list):
        for inner in cast(list[Any], value):
            yield from _refs(inner)

"""Open a spec: read it, ask the catalogue, check that its parts fit, and decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eksclave.catalog.addons import addon_names
from eksclave.catalog.endpoints import service_names
from eksclave.catalog.regions import region_names
from eksclave.catalog.versions import kubernetes_versions
from eksclave.design.build import build
from eksclave.design.check import problems
from eksclave.design.model import Design
from eksclave.errors import InputError, Mistake
from eksclave.spec.base import Facts
from eksclave.spec.load import SpecFile, load_file


def facts() -> Facts:
    """Return what the catalogue knows, for the reader of specs."""
    return Facts(
        regions=frozenset(region_names()),
        kubernetes_versions=kubernetes_versions(),
        addons=frozenset(addon_names()),
        endpoint_services=frozenset(service_names()),
    )


def open_spec(path: str | Path) -> SpecFile:
    """Return a spec that is well formed and fits together; raise `InputError` with every mistake otherwise."""
    file = load_file(path, facts())
    mistakes = [file.mistake(*problem) for problem in problems(file.spec)]
    if mistakes:
        raise InputError(mistakes)
    return file


def open_design(path: str | Path) -> Design:
    """Return the design of the spec in this file."""
    return build(open_spec(path).spec)


def open_designs(paths: Sequence[str | Path]) -> tuple[Design, ...]:
    """Return the designs of these specs, by name; raise `InputError` with the mistakes of all of them."""
    return tuple(build(file.spec) for file in open_specs(paths))


def open_specs(paths: Sequence[str | Path]) -> tuple[SpecFile, ...]:
    """Return these specs, by name; raise `InputError` with the mistakes of all of them."""
    mistakes: list[Mistake] = []
    files: list[SpecFile] = []
    for path in paths:
        try:
            files.append(open_spec(path))
        except InputError as wrong:
            mistakes += wrong.mistakes
    first: dict[str, SpecFile] = {}
    for file in files:
        other = first.setdefault(file.spec.name, file)
        if other is not file:
            told = f"'{file.spec.name}' is the cluster of {other.document.file} too"
            mistakes.append(file.mistake("name", told, "give each cluster a name of its own"))
    if not paths:
        mistakes.append(
            Mistake("clusters/*.yaml", "", "there is no spec", "'eksclave new clusters/prod.yaml' writes one")
        )
    if mistakes:
        raise InputError(mistakes)
    return tuple(sorted(files, key=lambda file: file.spec.name))

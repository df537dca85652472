"""Bundles of Kubernetes YAML as objects to deploy: Lists opened, references led to the mirror, doubt refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from eksclave.errors import EksclaveError, InputError, Mistake
from eksclave.images.documents import load
from eksclave.images.manifests import Paths, read_file, rewrite


def read_bundles(files: Sequence[Path], swap: Callable[[str], str], paths: Paths) -> list[Mapping[str, Any]]:
    """Return every object of these files with `swap` of each image reference; raise with all that is wrong at once."""
    objects: list[Mapping[str, Any]] = []
    mistakes: list[Mistake] = []
    seen: dict[tuple[str, ...], Path] = {}
    for file in files:
        try:
            for thing in (one for document in load(read_file(file), str(file)) for one in _opened(document)):
                said = _wrong(thing)
                name = _identity(thing)
                if not said and name in seen:
                    said = f"{' '.join(filter(None, name))} is in {seen[name]} already"
                seen.setdefault(name, file)
                if said:
                    mistakes.append(Mistake(str(file), "", said, "repair the file"))
                else:
                    objects.append(rewrite(thing, swap, paths))
        except InputError as wrong:
            mistakes += wrong.mistakes
        except EksclaveError as wrong:
            mistakes.append(Mistake(wrong.where or str(file), "", wrong.said, wrong.fix))
    if mistakes:
        raise InputError(mistakes)
    return objects


def _opened(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, dict):
        thing = cast(dict[str, Any], document)
        if str(thing.get("kind", "")).endswith("List") and "items" in thing:
            for item in thing["items"] or ():
                yield from _opened(item)
            return
        yield thing
    else:
        yield {}


def _wrong(thing: Mapping[str, Any]) -> str:
    """Return why this is no object that can be applied, or an empty string."""
    if not all(isinstance(thing.get(key), str) and thing[key] for key in ("apiVersion", "kind")):
        return "holds a document without apiVersion and kind"
    metadata = thing.get("metadata")
    name = cast(dict[str, Any], metadata).get("name") if isinstance(metadata, dict) else None
    return "" if isinstance(name, str) and name else f"holds a {thing['kind']} without metadata.name"


def _identity(thing: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = thing.get("metadata")
    named = cast(dict[str, Any], metadata) if isinstance(metadata, dict) else {}
    group = str(thing.get("apiVersion", "")).rpartition("/")[0]
    return (group, str(thing.get("kind")), str(named.get("namespace") or ""), str(named.get("name")))

"""Image references in Kubernetes objects, wherever they hide; found and rewritten by one walk.

Pod specs are found by shape, not by kind: a list `containers`, `initContainers` or `ephemeralContainers`, and a
volume's `image.reference` (KEP-4639), at any depth. So CronJobs, Lists, `helm template` output and custom resources
that embed a pod template need no table. Operators also take images in flags (`--prometheus-config-reloader=…`), in
environment variables (`RELATED_IMAGE_…`) and in fields of their own resources: flags and variables by name, fields by
paths.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from eksclave.catalog.image_fields import CONTAINER_LISTS, DEFAULT_PATHS, IMAGE_FLAG, IMAGE_VARIABLE, looks_like_image
from eksclave.catalog.images import CanonicalImage
from eksclave.errors import EksclaveError, InputError, Mistake
from eksclave.images.documents import load

Paths = Mapping[str, tuple[str, ...]]
Step = str | int


@dataclass(frozen=True)
class Found:
    """One reference: the steps to the string that holds it, what precedes it there, and whose it is."""

    steps: tuple[Step, ...]
    text: str
    before: str
    subject: str

    @property
    def path(self) -> str:
        """The steps as people write them: `spec.containers[0].image`."""
        return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in self.steps).lstrip(".")


def find(document: Any, paths: Paths = DEFAULT_PATHS) -> list[Found]:
    """Return every reference in one document, Lists opened, in document order, each string once."""
    found: dict[tuple[Step, ...], Found] = {}
    for steps, thing in _objects(document, ()):
        subject = _subject(thing)
        for at, text, before in (*_walk(thing, steps), *_by_paths(thing, steps, paths)):
            found.setdefault(at, Found(at, text, before, subject))
    return list(found.values())


def rewrite(document: Any, replace: Callable[[str], str], paths: Paths = DEFAULT_PATHS) -> Any:
    """Return a copy of `document` in which every reference `r` is `replace(r)`. The original stays as it is."""
    import copy

    changed = copy.deepcopy(document)
    for found in find(document, paths):
        holder = changed
        for step in found.steps[:-1]:
            holder = holder[step]
        holder[found.steps[-1]] = found.before + replace(found.text)
    return changed


def images_in(text: str, where: str, paths: Paths = DEFAULT_PATHS) -> list[tuple[CanonicalImage, str, str]]:
    """Return (image, who needs it, file:line) for a YAML stream; all references that are wrong are told at once."""
    images: list[tuple[CanonicalImage, str, str]] = []
    mistakes: list[Mistake] = []
    lines = text.splitlines()
    for document in load(text, where):
        for found in find(document, paths):
            place = f"{where}:{_line(lines, found.text)}"
            try:
                images.append((CanonicalImage.parse(found.text), found.subject, place))
            except EksclaveError as error:
                mistakes.append(Mistake(place, f"{found.subject} {found.path}", error.said, error.fix))
    if mistakes:
        raise InputError(mistakes)
    return images


def read_paths(written: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the table for words like `Prometheus.monitoring.coreos.com:spec.image`, beside the default one."""
    table = dict(DEFAULT_PATHS)
    for word in written:
        kind, colon, path = word.partition(":")
        if not colon or not kind or not re.fullmatch(r"(?:[\w-]+|\*)(?:\[\*\])?(?:\.(?:[\w-]+|\*)(?:\[\*\])?)*", path):
            raise EksclaveError(
                f"'{word}' is not Kind.group:path", "write it like Prometheus.monitoring.coreos.com:spec.image"
            )
        table[kind] = (*table.get(kind, ()), path)
    return table


def read_file(path: str | Path) -> str:
    """Return the text of a manifest file; `-` is what is piped in."""
    try:
        return (sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EksclaveError(f"cannot be read: {error}", "check the path", str(path)) from error


def _objects(thing: Any, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Mapping[str, Any]]]:
    """Yield Kubernetes objects; a List (of any kind) yields what it lists."""
    if isinstance(thing, list):
        for number, item in enumerate(thing):
            yield from _objects(item, (*steps, number))
    elif isinstance(thing, dict):
        if str(thing.get("kind", "")).endswith("List") and isinstance(thing.get("items"), list):
            yield from _objects(thing["items"], (*steps, "items"))
        else:
            yield steps, thing


def _walk(thing: Any, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    if isinstance(thing, list):
        for number, item in enumerate(thing):
            yield from _walk(item, (*steps, number))
        return
    if not isinstance(thing, dict):
        return
    for key, value in thing.items():
        at = (*steps, key)
        if key in CONTAINER_LISTS and isinstance(value, list):
            for number, container in enumerate(value):
                if isinstance(container, dict):
                    yield from _container(container, (*at, number))
        if key == "volumes" and isinstance(value, list):
            for number, volume in enumerate(value):
                image = volume.get("image") if isinstance(volume, dict) else None
                if isinstance(image, dict) and isinstance(image.get("reference"), str):
                    yield (*at, number, "image", "reference"), image["reference"], ""
        yield from _walk(value, at)


def _container(container: Mapping[str, Any], steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    if isinstance(container.get("image"), str):
        yield (*steps, "image"), container["image"], ""
    for key in ("command", "args"):
        before = ""
        for number, given in enumerate(_list(container.get(key))):
            word = given if isinstance(given, str) else ""
            flag = IMAGE_FLAG.fullmatch(word)
            if flag and looks_like_image(flag[2]):
                yield (*steps, key, number), flag[2], flag[1]
            elif IMAGE_FLAG.fullmatch(f"{before}=x") and looks_like_image(word):
                yield (*steps, key, number), word, ""
            before = word
    for number, variable in enumerate(_list(container.get("env"))):
        if isinstance(variable, dict) and IMAGE_VARIABLE.fullmatch(str(variable.get("name", ""))):
            value = variable.get("value")
            if isinstance(value, str) and looks_like_image(value):
                yield (*steps, "env", number, "value"), value, ""


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _by_paths(
    thing: Mapping[str, Any], steps: tuple[Step, ...], paths: Paths
) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    group = str(thing.get("apiVersion", "")).rpartition("/")[0]
    kind = str(thing.get("kind", ""))
    for path in (*paths.get(f"{kind}.{group}", ()), *(paths.get(kind, ()) if kind else ())):
        parts = [part for part in re.split(r"\.|(?=\[)", path) if part]
        for at, value in _follow(thing, parts, steps):
            if isinstance(value, str) and value:
                yield at, value, ""


def _follow(thing: Any, parts: list[str], steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    if not parts:
        yield steps, thing
    elif parts[0] == "[*]" and isinstance(thing, list):
        for number, item in enumerate(thing):
            yield from _follow(item, parts[1:], (*steps, number))
    elif isinstance(thing, dict):
        for key in list(thing) if parts[0] == "*" else [parts[0]]:
            if key in thing:
                yield from _follow(thing[key], parts[1:], (*steps, key))


def _subject(thing: Mapping[str, Any]) -> str:
    meta = thing.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    name = meta.get("name") or meta.get("generateName") or "?"
    namespace = meta.get("namespace")
    return f"{thing.get('kind', 'object')} {namespace + '/' if namespace else ''}{name}"


def _line(lines: list[str], text: str) -> int:
    """Return the first line that holds the reference: near enough to open the file at."""
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)

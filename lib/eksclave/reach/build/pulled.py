"""Image references wherever a resource holds them: pod specs at any depth, operators' fields, charts, add-ons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from eksclave.catalog.image_fields import DEFAULT_PATHS, IMAGE_FLAG, IMAGE_VARIABLE, looks_like_image
from eksclave.terraform.values import plain

CONTAINERS = ("container", "containers", "init_container", "initContainers", "ephemeralContainers")
_KEY = re.compile(r"(?:.*\.)?(?:image|imageName|\w*Image)")


def in_object(body: Any, paths: Mapping[str, tuple[str, ...]] = DEFAULT_PATHS) -> Iterator[Any]:
    """Yield the references in a Kubernetes object, in Terraform's words or its own; each may be unknown.

    `paths` are the fields of operators' resources that hold images, by `Kind.group` (or `Kind` alone).
    """
    yield from _walk(body)
    if isinstance(body, Mapping):
        group, kind = str(body.get("apiVersion", "")).rpartition("/")[0], str(body.get("kind"))
        for path in (*paths.get(f"{kind}.{group}", ()), *paths.get(kind, ())):
            yield from _follow(body, path.replace("[*]", ".[*]").split("."))


def in_chart(values: Mapping[str, str]) -> Iterator[str]:
    """Yield the references in a chart's values, by dotted names: `image: x/y:1`, or registry, repository and tag."""
    everywhere = values.get("global.imageRegistry") or values.get("global.image.registry") or ""
    for key, value in sorted(values.items()):
        above, _, last = key.rpartition(".")
        beside = f"{above}." if above else ""
        if last == "repository" and value and (above.lower().endswith("image") or f"{beside}tag" in values):
            first = value.partition("/")[0]
            has_host = "/" in value and ("." in first or ":" in first)
            registry = values.get(f"{beside}registry") or ("" if has_host else everywhere)
            tag, digest = values.get(f"{beside}tag", ""), values.get(f"{beside}digest", "")
            name = f"{registry}/{value}" if registry and not has_host else value
            whole = ":" in value.rpartition("/")[2] or "@" in value
            yield name if whole else name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
        elif _KEY.fullmatch(key) and ("/" in value or ":" in value) and looks_like_image(_whole(value)):
            yield value


def _whole(text: str) -> str:
    """Return a reference with what `looks_like_image` wants to see, for a field that is an image by its name."""
    text = text if "/" in text else f"library/{text}"
    return text if ":" in text.rpartition("/")[2] or "@" in text else f"{text}:latest"


def _walk(value: Any) -> Iterator[Any]:
    value = plain(value)
    if isinstance(value, list | tuple):
        for item in cast(list[Any], value):
            yield from _walk(item)
    elif isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            if key in CONTAINERS:
                for container in _listed(inner):
                    yield from _container(container)
            if key in ("volume", "volumes"):
                for volume in _listed(inner):
                    for image in _listed(volume.get("image")):
                        if image.get("reference") is not None:
                            yield image["reference"]
            yield from _walk(inner)


def _container(container: Mapping[str, Any]) -> Iterator[Any]:
    if container.get("image") is not None:
        yield container["image"]
    for key in ("command", "args"):
        before = ""
        for given in plain(container.get(key)) or ():
            word = plain(given) if isinstance(plain(given), str) else ""
            flag = IMAGE_FLAG.fullmatch(word)
            if flag and looks_like_image(flag[2]):
                yield flag[2]
            elif IMAGE_FLAG.fullmatch(f"{before}=x") and looks_like_image(word):
                yield word
            before = word
    for variable in _listed(container.get("env")):
        value = plain(variable.get("value"))
        is_named = IMAGE_VARIABLE.fullmatch(str(plain(variable.get("name"))))
        if is_named and isinstance(value, str) and looks_like_image(value):
            yield value


def _listed(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list, or the one object that stands for itself."""
    value = plain(value)
    items = cast(list[Any], value) if isinstance(value, list | tuple) else [value]
    return [cast(Mapping[str, Any], plain(item)) for item in items if isinstance(plain(item), Mapping)]


def _follow(value: Any, parts: list[str]) -> Iterator[Any]:
    value = plain(value)
    if not parts:
        if value is not None:
            yield value
    elif parts[0] == "[*]":
        for item in cast(list[Any], value) if isinstance(value, list | tuple) else ():
            yield from _follow(item, parts[1:])
    elif isinstance(value, Mapping):
        inside = cast(Mapping[str, Any], value)
        for key in list(inside) if parts[0] == "*" else [parts[0]]:
            if key in inside:
                yield from _follow(inside[key], parts[1:])

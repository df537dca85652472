"""Join several inputs: by their remote-state data sources, by real ids; contradictions are errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eksclave.errors import InputError, Mistake
from eksclave.terraform.model import Note, Resource, World
from eksclave.terraform.part import Part
from eksclave.terraform.values import Ref, Sensitive, Unknown, Value, plain

_COMPARED = ("cidr_block", "vpc_id", "availability_zone", "service_name", "name")


def join(parts: Sequence[Part]) -> World:
    """Return the world of all parts. Resources of one address in two parts are told apart by the readers already."""
    _refuse_contradictions(parts)
    resources: dict[str, Resource] = {}
    outputs: dict[str, Mapping[str, Value]] = {}
    actions: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    for part in parts:
        resources.update((resource.address, resource) for resource in part.resources)
        outputs[part.label] = part.outputs
        actions.update(part.changes)
        notes += part.notes
    for address, producer in _producers(parts).items():
        reader = resources[address]
        read = {"outputs": dict(producer.outputs)}
        resources[address] = _with(reader, {**reader.values, **read})
    ordered = {address: resources[address] for address in sorted(resources)}
    return World(ordered, outputs, actions, tuple(sorted(set(notes))), tuple(part.label for part in parts))


def _producers(parts: Sequence[Part]) -> dict[str, Part]:
    """Return, by the address of each remote-state data source, the part whose state it reads."""
    by_place = {place: part for part in parts if (place := place_or_none(part.backend)) is not None}
    found: dict[str, Part] = {}
    for part in parts:
        for resource in part.resources:
            if resource.type != "terraform_remote_state":
                continue
            config = plain(resource.values.get("config"))
            backend = plain(resource.values.get("backend"))
            place = place_or_none((str(backend), config)) if isinstance(config, dict) else None
            producer = by_place.get(place) if place is not None else None
            if producer is None:
                producer = _by_name(resource, config, parts, part)
            if producer is not None and producer is not part:
                found[resource.address] = producer
    return found


def _by_name(resource: Resource, config: Value, parts: Sequence[Part], reader: Part) -> Part | None:
    """A plan does not say where its own state is kept: the file or key that is read may bear one input's label."""
    said = [word for name in ("key", "path", "prefix", "workspaces", "name") for word in _texts(config, name)]
    fitting = [
        part for part in parts if part is not reader and any(part.label in (word, *_segments(word)) for word in said)
    ]
    if len(fitting) == 1:
        return fitting[0]
    asked = resource.values.get("outputs")
    if isinstance(plain(asked), dict):
        return None  # the plan holds what was read: nothing to look for
    others = [part for part in parts if part is not reader and part.outputs]
    return others[0] if len(others) == 1 else None


def _texts(config: Value, name: str) -> list[str]:
    found = plain(config.get(name)) if isinstance(config, dict) else None
    if isinstance(found, dict):
        found = found.get("name")
    return [found] if isinstance(found, str) else []


def _segments(word: str) -> list[str]:
    """`envs/prod/network/terraform.tfstate` may be called network; `terraform.prod-network.tfstate` prod-network."""
    parts = word.replace("\\", "/").split("/")
    stems = [part.removesuffix(".tfstate").removesuffix(".json") for part in parts]
    return stems + [stem.removeprefix("terraform.") for stem in stems]


def place_or_none(backend: tuple[str, Mapping[str, Value]] | None) -> tuple[str, ...] | None:
    """Return what tells one state from all others in its kind of backend, None where that is not known."""
    if backend is None:
        return None
    kind, config = backend
    keys = {
        "s3": ("bucket", "key"),
        "gcs": ("bucket", "prefix"),
        "azurerm": ("storage_account_name", "container_name", "key"),
        "local": ("path",),
        "remote": ("organization", "workspaces"),
        "http": ("address",),
        "consul": ("path",),
        "pg": ("schema_name",),
        "kubernetes": ("secret_suffix",),
    }.get(kind)
    if keys is None:
        return None
    found = [plain(config.get(key)) for key in keys]
    if any(value is None for value in found):
        return None
    return (kind, *(str(value) for value in found))


def _with(resource: Resource, values: Mapping[str, Value]) -> Resource:
    from dataclasses import replace

    return replace(resource, values=values)


def _refuse_contradictions(parts: Sequence[Part]) -> None:
    """One real thing (one id) that two inputs manage must be the same in both; an older copy is not to be mixed in."""
    owners: dict[tuple[str, str], Resource] = {}
    mistakes: list[Mistake] = []
    for part in parts:
        for resource in part.resources:
            real = plain(resource.values.get("id"))
            if resource.mode != "managed" or not isinstance(real, str) or "-" not in real:
                continue
            first = owners.setdefault((resource.type, real), resource)
            if first is resource or first.source == resource.source:
                continue
            for name in _COMPARED:
                here, there = resource.values.get(name), first.values.get(name)
                if _literal(here) and _literal(there) and here != there:
                    said = f"{name} of {real} is '{here}' here and '{there}' in {first.source}"
                    mistakes.append(Mistake(part.label, resource.at, said, "give the newest state of each only once"))
                    break
    if mistakes:
        raise InputError(sorted(mistakes))


def _literal(value: Value) -> bool:
    return isinstance(value, (str, bool, int)) and not isinstance(value, (Ref, Unknown, Sensitive))

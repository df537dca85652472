"""A `cdktf.out` directory: `stacks/*/cdk.tf.json`, joined over their remote states, evaluated as Terraform would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eksclave.errors import InputError, Mistake
from eksclave.terraform.evaluate import Stack
from eksclave.terraform.join import place_or_none
from eksclave.terraform.model import Note, Resource
from eksclave.terraform.part import Part, Qualify
from eksclave.terraform.values import Ref, Sensitive, Unknown, Value, symbols

Json = dict[str, Any]


def open_app(folder: Path) -> list[tuple[str, Json, Path]]:
    """Return (stack name, document, file) of each stack in a cdktf.out directory, or of one stack's own folder."""
    if (folder / "cdktf.out" / "manifest.json").is_file():
        folder = folder / "cdktf.out"
    files: list[tuple[str, Path]] = []
    manifest = folder / "manifest.json"
    if manifest.is_file():
        listed = _json(manifest).get("stacks")
        for name, stack in sorted(listed.items() if isinstance(listed, dict) else ()):
            said = stack.get("synthesizedStackPath") if isinstance(stack, dict) else None
            files.append((name, folder / str(said or f"stacks/{name}/cdk.tf.json")))
    elif (folder / "stacks").is_dir():
        files = [(file.parent.name, file) for file in sorted(folder.glob("stacks/*/cdk.tf.json"))]
    elif (folder / "cdk.tf.json").is_file():
        files = [(folder.name, folder / "cdk.tf.json")]
    if not files:
        plain_hcl = any(folder.glob("*.tf"))
        said = "a directory of HCL" if plain_hcl else "no manifest.json and no stacks/*/cdk.tf.json inside"
        fix = (
            "run terraform plan -out=p && terraform show -json p > plan.json" if plain_hcl else "run cdktf synth first"
        )
        raise InputError([Mistake(str(folder), "", said, fix)])
    return [(name, _json(file), file) for name, file in files]


def _json(file: Path) -> Json:
    import orjson

    try:
        found = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        raise InputError([Mistake(str(file), "", "no such file", "run cdktf synth anew")]) from None
    except orjson.JSONDecodeError as error:
        raise InputError([Mistake(str(file), "", f"not valid JSON ({error})", "run cdktf synth anew")]) from None
    if not isinstance(found, dict):
        raise InputError([Mistake(str(file), "", "JSON, but no synthesized stack", "run cdktf synth anew")])
    return found


def addresses(document: Json) -> set[str]:
    """Return the block addresses of one stack without evaluating it."""
    return {
        address
        for mode, prefix in (("resource", ""), ("data", "data."))
        for kind, named in _blocks(document.get(mode))
        for name, _ in _blocks(named)
        for address in [f"{prefix}{kind}.{name}"]
    }


def read_app(documents: list[tuple[str, Json, Qualify, Path]]) -> list[Part]:
    """Return every stack as resources. Stacks see each other's outputs through their remote-state data sources."""
    stacks = [Stack(label, document, qualify) for label, document, qualify, _ in documents]
    by_place = {place: stack for stack in stacks if (place := place_or_none(backend(stack.document))) is not None}
    for stack in stacks:
        stack.others = by_place
    return [_part(stack) for stack in stacks]


def backend(document: Json) -> tuple[str, Mapping[str, Value]] | None:
    """Return the kind and settings of a stack's backend."""
    settings = document.get("terraform")
    settings = settings[0] if isinstance(settings, list) and settings else settings
    named = settings.get("backend") if isinstance(settings, dict) else None
    for kind, config in _blocks(named):
        return kind, config if isinstance(config, dict) else {}
    return None


def _part(stack: Stack) -> Part:
    resources = [resource for mode in ("resource", "data") for resource in _resources(stack, mode)]
    outputs: dict[str, Value] = {}
    for name, block in _blocks(stack.document.get("output")):
        value = stack.output(name)
        outputs[name] = Sensitive(value) if isinstance(block, dict) and block.get("sensitive") is True else value
    notes = [
        Note(stack.qualify(f"module.{name}"), "", "modules in synthesized stacks are not read; give a plan", "unread")
        for name, _ in _blocks(stack.document.get("module"))
    ]
    notes += [Note(address, "", text, "unread") for address, text in sorted(stack.unread)]
    return Part(stack.label, resources, outputs, {}, notes, backend(stack.document))


def _resources(stack: Stack, mode: str) -> Iterator[Resource]:
    for kind, named in _blocks(stack.document.get(mode)):
        for name, block in _blocks(named):
            body = block[0] if isinstance(block, list) and block else block
            if not isinstance(body, dict):
                continue
            block_address = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
            for key in stack.keys(block_address):
                yield _resource(stack, mode, kind, name, block_address, key, body)


def _resource(stack: Stack, mode: str, kind: str, name: str, block: str, key: str | int | None, body: Json) -> Resource:
    address = stack.address(block, key)
    values = dict(stack.values(block, key))
    values.setdefault("id", Ref(address, ("id",)))
    provider, region, tags = stack.provider(body.get("provider"), kind)
    if tags and mode == "resource":
        own = values.get("tags")
        values["tags_all"] = {**tags, **(own if isinstance(own, dict) else {})}
    if kind == "terraform_remote_state":
        values["outputs"] = stack.remote_outputs(block, key)
    metadata = body.get("//")
    path = metadata.get("metadata", {}).get("path") if isinstance(metadata, dict) else None
    said = values.get("region")
    return Resource(
        address,
        "data" if mode == "data" else "managed",
        kind,
        name,
        values,
        key,
        "",
        provider,
        said if isinstance(said, str) else region,
        stack.label,
        path if isinstance(path, str) else None,
        "create" if mode == "resource" else "read",
        frozenset(values) - {"id", "tags_all"},
        tuple(sorted(stack.waits(block, key, body, values) - {address})),
    )


def _blocks(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, list):
        return [pair for part in value for pair in _blocks(part)]
    return [(str(key), part) for key, part in sorted(value.items()) if key != "//"] if isinstance(value, dict) else []


def referred(values: Value) -> set[str]:
    """Return the addresses that a value refers to."""
    found: set[str] = set()
    for symbol in symbols(values):
        if isinstance(symbol, Ref):
            found.add(symbol.address)
        elif isinstance(symbol, Unknown):
            found |= {ref.address for ref in symbol.references}
    return found

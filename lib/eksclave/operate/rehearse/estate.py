"""A cdktf.out folder: its stacks, where each keeps its state, whose state each reads, and so the order."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError

Json = dict[str, Any]

AWS = "hashicorp/aws"
HARMLESS = ("archive", "cloudinit", "local", "null", "random", "terraform", "time", "tls")
"""Providers of HashiCorp that call no account: they run as they are."""

_STATE_KEYS = ("path", "bucket", "key", "prefix", "workspace_key_prefix", "organization", "workspaces", "hostname",
               "storage_account_name", "container_name", "address", "secret_suffix", "namespace", "conn_str",
               "schema_name")  # fmt: skip
"""Settings of a backend that say *which* state it is; the others say how to get there."""


@dataclass(frozen=True)
class Stack:
    """One synthesized stack: its folder, its Terraform JSON, and the stacks that must be there before it."""

    name: str
    folder: Path
    body: Json
    needs: tuple[str, ...]
    unknown_states: tuple[str, ...] = ()

    @property
    def backend(self) -> tuple[str, Json]:
        """The backend's kind and settings; `local` where none is written."""
        return _backend(self.body)

    @property
    def providers(self) -> Mapping[str, str]:
        """Local name → source (`hashicorp/aws`) of every provider that the stack requires or configures."""
        asked: dict[str, str] = {}
        for block in as_list(self.body.get("terraform")):
            for group in as_list(block.get("required_providers")):
                for name, about in group.items():
                    asked[name] = _source(name, about)
        for name in [*self.body.get("provider", {}), *_implied(self.body)]:
            asked.setdefault(name, _source(name, {}))
        return dict(sorted(asked.items()))

    @property
    def remote_states(self) -> dict[str, Json]:
        """Every `terraform_remote_state` data source by its name."""
        return (
            {
                name: as_list(one)[0]
                for name, one in as_list(self.body.get("data"))[0].get("terraform_remote_state", {}).items()
            }
            if self.body.get("data")
            else {}
        )

    def blocks(self, kind: str) -> Iterable[tuple[str, str, Json]]:
        """Yield type, name and body of every resource or data source."""
        for group in as_list(self.body.get(kind)):
            for type_, named in group.items():
                for name, one in named.items():
                    yield type_, name, as_list(one)[0]

    def construct(self, address: str) -> str:
        """Return the construct path of an address, or an empty string."""
        parts = address.split("[")[0].split(".")
        kind = "data" if parts[0] == "data" else "resource"
        parts = parts[1:] if kind == "data" else parts
        for type_, name, body in self.blocks(kind):
            if parts == [type_, name]:
                return str(body.get("//", {}).get("metadata", {}).get("path", ""))
        return ""


def read(folder: Path) -> tuple[Stack, ...]:
    """Return the stacks of a cdktf.out folder in an order in which they can be applied."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise EksclaveError(f"'{folder}' holds no manifest.json", "give a cdktf.out folder, or a spec", str(folder))
    try:
        listed: Json = json.loads(manifest.read_text(encoding="utf-8"))["stacks"]
        bodies = {
            name: (folder / about["workingDirectory"], _body(folder, about), about) for name, about in listed.items()
        }
    except (ValueError, KeyError, OSError, AttributeError) as wrong:
        raise EksclaveError(f"cannot be read: {wrong}", "synthesize again", str(manifest)) from None
    keys = {state_key(*_backend(body), place): name for name, (place, body, _) in bodies.items()}
    stacks = {}
    for name, (place, body, about) in bodies.items():
        bare = Stack(name, place, body, ())
        found = {
            state: keys.get(state_key(str(one.get("backend")), _settings(one), place))
            for state, one in bare.remote_states.items()
        }
        needs = {*about.get("dependencies", []), *(one for one in found.values() if one and one != name)}
        unknown = tuple(sorted(state for state, one in found.items() if one is None))
        stacks[name] = Stack(name, place, body, tuple(sorted(needs & set(bodies))), unknown)
    try:
        order = tuple(TopologicalSorter({name: stack.needs for name, stack in sorted(stacks.items())}).static_order())
    except CycleError as loop:
        raise EksclaveError(
            f"the stacks read each other in a circle: {' → '.join(loop.args[1])}", "", str(folder)
        ) from None
    return tuple(stacks[name] for name in order)


def producer(stack: Stack, state: str, stacks: Iterable[Stack]) -> Stack | None:
    """Return the stack whose state a `terraform_remote_state` of `stack` reads."""
    one = stack.remote_states[state]
    wanted = state_key(str(one.get("backend")), _settings(one), stack.folder)
    return next((other for other in stacks if state_key(*other.backend, other.folder) == wanted), None)


def state_key(kind: str, config: Json, place: Path) -> tuple[str, ...]:
    """Return what tells one state from another."""
    said = {word: config[word] for word in _STATE_KEYS if config.get(word) not in (None, "")}
    if kind == "local" or not kind:
        path = str(said.get("path", "terraform.tfstate"))
        return ("local", posixpath.normpath(posixpath.join(place.as_posix(), path)))
    return (kind, json.dumps(said, sort_keys=True))


def as_list(value: Any) -> list[Any]:
    """Terraform JSON writes a block as one object or as a list of them."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _body(folder: Path, about: Json) -> Json:
    return json.loads((folder / about["synthesizedStackPath"]).read_text(encoding="utf-8"))


def _backend(body: Json) -> tuple[str, Json]:
    for block in as_list(body.get("terraform")):
        for group in as_list(block.get("backend")):
            for kind, config in group.items():
                return kind, dict((as_list(config) or [{}])[0])
        for config in as_list(block.get("cloud")):
            return "remote", {"organization": config.get("organization"), "workspaces": config.get("workspaces")}
    return "local", {}


def _settings(remote_state: Json) -> Json:
    return dict((as_list(remote_state.get("config")) or [{}])[0])


def _source(name: str, about: Any) -> str:
    source = str(about.get("source", name)) if isinstance(about, dict) else name
    parts = source.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else f"hashicorp/{source}"


def _implied(body: Json) -> set[str]:
    kinds = (kind for part in ("resource", "data") for group in as_list(body.get(part)) for kind in group)
    return {kind.split("_")[0] for kind in kinds} - {"terraform"}

"""The providers of a rehearsal: installed once for all stacks, verified then and not at every command again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from eksclave.errors import EksclaveError

from .blame import fix_of, plain
from .estate import Json, Stack, as_list
from .processes import Processes

LOCK = ".terraform.lock.hcl"
_HASHES = re.compile(r"\n  hashes = \[.*?\n  \]", re.DOTALL)


def install(
    runner: Processes, terraform: Path, folder: Path, environment: Mapping[str, str], stacks: Sequence[Stack]
) -> dict[str, EksclaveError]:
    """Fill the plugin cache; return the stacks whose providers cannot be had, and why."""
    missing: dict[str, EksclaveError] = {}
    for index, (asked, of) in enumerate(_asked(stacks)):
        place = folder / str(index)
        place.mkdir(parents=True)
        (place / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": asked}}), encoding="utf-8")
        done = runner.run([str(terraform), "init", "-input=false", "-no-color"], place, dict(environment))
        if done.code:
            sources = sorted({source for stack in of for source in stack.providers.values()})
            why = f"{', '.join(sources)} cannot be installed: {plain(done.stderr)}"
            missing |= dict.fromkeys([stack.name for stack in of], EksclaveError(why, fix_of(done.stderr)))
    return missing


def unlock(place: Path) -> None:
    """Take the checksums out of an initialised stack's lock file.

    Terraform reads a provider's whole package at every command (700 MB of hashicorp/aws) where the lock file holds a
    checksum. `init` has just done so, and nobody else writes in the private copy.
    """
    lock = place / LOCK
    if lock.is_file():
        lock.write_text(_HASHES.sub("", lock.read_text(encoding="utf-8")), encoding="utf-8")


def _asked(stacks: Sequence[Stack]) -> list[tuple[Json, list[Stack]]]:
    """Return each different set of required providers once, with the stacks that ask for it."""
    found: dict[str, tuple[Json, list[Stack]]] = {}
    for stack in stacks:
        asked: Json = {}
        for block in as_list(stack.body.get("terraform")):
            for group in as_list(block.get("required_providers")):
                asked |= {name: _bare(about) for name, about in group.items()}
        for name, source in stack.providers.items():
            asked.setdefault(name, {"source": source})
        asked.pop("terraform", None)
        found.setdefault(json.dumps(asked, sort_keys=True), (asked, []))[1].append(stack)
    return list(found.values())


def _bare(about: object) -> Json:
    """Source and version alone: `configuration_aliases` would ask for provider blocks."""
    if not isinstance(about, dict):
        return {"version": about}
    return {word: about[word] for word in ("source", "version") if word in about}

"""Stacks of specs, synthesized in this process and read back from the files that Terraform would read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ("network", "endpoints", "registry", "cluster", "access", "workloads")


@dataclass(frozen=True)
class Synthesized:
    """One stack's `cdk.tf.json`, with ways to ask for its parts that name what is missing."""

    name: str
    json: dict[str, Any]

    def all(self, kind: str) -> dict[str, Any]:
        """Return the resources of a type by name; none is an empty dict."""
        return {name: _plain(made) for name, made in self.json.get("resource", {}).get(kind, {}).items()}

    def one(self, kind: str, name: str) -> dict[str, Any]:
        found = self.all(kind)
        assert name in found, f"{self.name} has no {kind}.{name}; it has {', '.join(found) or 'none of that type'}"
        return found[name]

    def data(self, kind: str) -> dict[str, Any]:
        return {name: _plain(read) for name, read in self.json.get("data", {}).get(kind, {}).items()}

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in self.json.get("output", {}).items()}

    @property
    def terraform(self) -> dict[str, Any]:
        return self.json["terraform"]

    @property
    def text(self) -> str:
        return json.dumps(_plain(self.json))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key != "//"}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


Stacks = dict[str, Synthesized]


def read_stacks(outdir: Path, cluster: str) -> Stacks:
    """Return the six stacks of a cluster from an output folder."""
    return {
        name: Synthesized(
            f"{cluster}-{name}",
            json.loads((outdir / "stacks" / f"{cluster}-{name}" / "cdk.tf.json").read_text(encoding="utf-8")),
        )
        for name in ORDER
    }


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stacks]:
    """The stacks of every example in `clusters/`, by the word in its file name."""
    from eksclave.images.opened import open_designs

    from main import build

    home = tmp_path_factory.mktemp("examples")
    specs = sorted((ROOT / "clusters").glob("[0-9]*.yaml"))
    designs = {spec.stem.split("-", 1)[1]: open_designs([spec])[0] for spec in specs}
    build(list(designs.values()), outdir=str(home / "cdktf.out"), home=home).synth()
    return {word: read_stacks(home / "cdktf.out", design.name) for word, design in designs.items()}


@pytest.fixture
def synth(tmp_path: Path) -> Callable[..., Stacks]:
    """Return a function that synthesizes one spec, given as YAML, as an app in `tmp_path`."""

    def run(text: str, **options: Any) -> Stacks:
        from eksclave.images.opened import open_designs

        from main import build

        spec = tmp_path / "spec.yaml"
        spec.write_text(text, encoding="utf-8")
        (design,) = open_designs([spec])
        build([design], outdir=str(tmp_path / "cdktf.out"), home=tmp_path, **options).synth()
        return read_stacks(tmp_path / "cdktf.out", design.name)

    return run


MINIMAL = 'name: small\nregion: eu-central-1\naccount: "111122223333"\n'


@pytest.fixture(scope="session")
def minimal_spec() -> str:
    """The three lines that a spec needs."""
    return MINIMAL


@pytest.fixture(scope="session")
def day0(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stacks]:
    """The minimal spec, synthesized for day 0: the output folder, and the stacks."""
    from eksclave.images.opened import open_designs

    from main import build

    home = tmp_path_factory.mktemp("day0")
    (home / "spec.yaml").write_text(MINIMAL, encoding="utf-8")
    build(open_designs([home / "spec.yaml"]), outdir=str(home / "cdktf.out"), home=home, is_day0=True).synth()
    return home / "cdktf.out", read_stacks(home / "cdktf.out", "small")

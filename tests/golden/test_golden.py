"""Golden scenarios: a spec of `clusters/` in; its design, the addresses of its resources and its stacks out.

The stacks are compared without the comments (`//`) that CDKTF writes about itself. `make golden` writes what changed and
fails, so that an update can never pass for a green run; read the difference before committing it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SPECS = sorted((ROOT / "clusters").glob("[0-9]*.yaml"))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Every scenario's golden files as they should be, by scenario and path."""
    from eksclave.design.printed import as_values
    from eksclave.images.opened import open_designs

    from main import build

    designs = {spec.stem: open_designs([spec])[0] for spec in SPECS}
    home = tmp_path_factory.mktemp("golden")
    build(list(designs.values()), outdir=str(home / "cdktf.out"), home=home).synth()
    return {
        name: {"design.json": _json(as_values(design)), **_stacks(home / "cdktf.out" / "stacks", design.name)}
        for name, design in designs.items()
    }


def _stacks(folder: Path, cluster: str) -> dict[str, str]:
    files: dict[str, str] = {}
    addresses: list[str] = []
    for stack in ("network", "endpoints", "registry", "cluster", "access", "workloads"):
        written = json.loads((folder / f"{cluster}-{stack}" / "cdk.tf.json").read_text(encoding="utf-8"))
        plain = _without_comments(written)
        files[f"stacks/{stack}.json"] = _json(plain)
        addresses += [f"{stack}: {address}" for address in _addresses(plain)]
    files["addresses.txt"] = "\n".join(addresses) + "\n"
    return files


def _addresses(stack: Mapping[str, Any]) -> list[str]:
    made = [f"{kind}.{name}" for kind, named in stack.get("resource", {}).items() for name in named]
    read = [f"data.{kind}.{name}" for kind, named in stack.get("data", {}).items() for name in named]
    return sorted(made) + sorted(read)


def _without_comments(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_comments(inner) for key, inner in value.items() if key != "//"}
    return [_without_comments(inner) for inner in value] if isinstance(value, list) else value


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _written(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize("scenario", [spec.stem for spec in SPECS])
def test_a_spec_renders_as_its_golden_files_say(
    scenario: str, rendered: dict[str, dict[str, str]], request: pytest.FixtureRequest
) -> None:
    folder, wanted = HERE / scenario, rendered[scenario]
    before = _written(folder) if folder.is_dir() else {}
    if request.config.getoption("--golden", "compare") == "write" and before != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in wanted.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    changed = sorted(path for path in {*before, *wanted} if before.get(path) != wanted.get(path))
    assert not changed, f"{scenario}: {', '.join(changed)} changed; `make golden` writes them, read the difference"


def test_no_golden_folder_is_without_a_spec() -> None:
    assert sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and folder.name[0].isdigit()) == [
        spec.stem for spec in SPECS
    ]

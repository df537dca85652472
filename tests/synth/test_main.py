"""`python main.py`: what it builds, and what it does with specs that are wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = 'name: {name}\nregion: eu-central-1\naccount: "111122223333"\n'


def run(out: Path, *specs: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CDKTF_OUTDIR": str(out), "EKSCLAVE_SPECS": os.pathsep.join(map(str, specs)), **extra}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py")], env=environment, capture_output=True, text=True, cwd=ROOT, check=False
    )


@pytest.fixture
def spec(tmp_path: Path):
    def write(name: str, more: str = "") -> Path:
        file = tmp_path / f"{name}.yaml"
        file.write_text(SPEC.format(name=name) + more, encoding="utf-8")
        return file

    return write


def test_several_specs_make_six_stacks_each_in_one_order(tmp_path: Path, spec) -> None:
    done = run(tmp_path / "out", spec("two"), spec("one"))
    assert done.returncode == 0, done.stderr
    stacks = list(json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["stacks"])
    order = ("network", "endpoints", "registry", "cluster", "access", "workloads")
    assert sorted(stacks) == sorted(f"{name}-{stack}" for name in ("one", "two") for stack in order)


def test_the_same_spec_gives_the_same_bytes(tmp_path: Path, spec) -> None:
    file = spec("same")
    for run_number in ("1", "2"):
        assert run(tmp_path / run_number / "out", file).returncode == 0
    written = [
        {path.relative_to(tmp_path / n): path.read_bytes() for path in (tmp_path / n).rglob("*.json")} for n in "12"
    ]
    assert written[0] == written[1]
    assert len(written[0]) == 7


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("public_endpoint: true\n", "never public"),
        ("network: {cidr: 10.0.0.5/16}\n", "has host bits set; write 10.0.0.0/16"),
        ("endpoints: {extra: [ecr-api]}\n", "did you mean 'ecr.api'?"),
        ("network: {existing: {vpc_id: vpc-0a1b2c3d4e5f60718}}\n", "name at least two existing private subnets"),
    ],
)
def test_a_wrong_spec_writes_nothing_says_why_and_exits_with_2(tmp_path: Path, spec, more: str, said: str) -> None:
    done = run(tmp_path / "out", spec("bad", more))
    assert done.returncode == 2
    assert said in done.stderr
    assert "bad.yaml:4" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_wrong_spec_among_good_ones_stops_all_of_them(tmp_path: Path, spec) -> None:
    done = run(tmp_path / "out", spec("good"), spec("bad", "colour: blue\n"))
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_two_specs_with_one_name_are_refused(tmp_path: Path, spec) -> None:
    again = tmp_path / "again.yaml"
    again.write_text(SPEC.format(name="prod"), encoding="utf-8")
    done = run(tmp_path / "out", spec("prod"), again)
    assert done.returncode == 2
    assert "'prod' is the cluster of" in done.stderr


def test_numbered_examples_give_way_to_specs_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import main

    clusters = tmp_path / "clusters"
    clusters.mkdir()
    monkeypatch.setattr(main, "HOME", tmp_path)
    monkeypatch.delenv("EKSCLAVE_SPECS", raising=False)
    for name in ("01-minimal.yaml", "02-more.yaml"):
        (clusters / name).write_text("", encoding="utf-8")
    assert [file.name for file in main.specs()] == ["01-minimal.yaml"]
    (clusters / "prod.yaml").write_text("", encoding="utf-8")
    assert [file.name for file in main.specs()] == ["prod.yaml"]


def test_the_order_is_told_to_cdktf_only_where_it_is_asked_for(tmp_path: Path, spec) -> None:
    file = spec("prod")
    assert run(tmp_path / "out", file, CDKTF_CONTEXT_JSON='{"eksclave:ordered": true}').returncode == 0
    stacks = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    assert sorted(stacks["prod-cluster"]["dependencies"]) == ["prod-endpoints", "prod-network"]
    assert stacks["prod-registry"]["dependencies"] == []

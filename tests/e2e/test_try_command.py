"""`eksclave try`: what a newcomer sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = ROOT / "clusters" / "01-minimal.yaml"


def run(*arguments: str, cwd: Path = ROOT, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from eksclave.cli import main; main()", "try", *arguments],
        cwd=cwd,
        env={**os.environ, **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_says_what_was_decided_and_writes_six_stacks(tmp_path: Path) -> None:
    done = run(str(MINIMAL), "--out", str(tmp_path / "out"), "--no-rehearsal")
    assert done.returncode == 0, done.stderr
    assert "a private EKS" in done.stdout
    assert "ecr.dkr" in done.stdout
    assert len(list((tmp_path / "out" / "stacks").iterdir())) == 6


def test_without_terraform_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = run(
        str(MINIMAL),
        "--out",
        str(tmp_path / "out"),
        TERRAFORM_PATH=str(tmp_path / "no-terraform"),
        TERRAFORM_BINARY_NAME="",
    )
    assert done.returncode == 0, done.stderr
    assert "not rehearsed:" in done.stdout
    assert "https://developer.hashicorp.com/terraform/install" in done.stdout


def test_a_wrong_spec_is_named_with_its_line_and_writes_nothing(tmp_path: Path) -> None:
    spec = tmp_path / "bad.yaml"
    spec.write_text('name: bad\nregion: eu-central-1\naccount: "111122223333"\ncolour: blue\n', encoding="utf-8")
    done = run(str(spec), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "bad.yaml:4 colour: no field is called 'colour'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_outside_the_tree_it_says_where_stacks_are_made(tmp_path: Path) -> None:
    spec = tmp_path / "mine.yaml"
    spec.write_text(MINIMAL.read_text(encoding="utf-8"), encoding="utf-8")
    done = run(str(spec), cwd=tmp_path)
    assert done.returncode == 2
    assert "no app here" in done.stderr


def test_without_the_emulator_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "eksclave_emulator.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'moto'\", name='moto')\n"
    )
    terraform = tmp_path / "terraform"
    terraform.write_text('#!/bin/sh\n[ "$1" = version ] && echo Terraform v1.11.4\nexit 0\n')
    terraform.chmod(0o755)
    done = run(str(MINIMAL), "--out", str(tmp_path / "out"), PYTHONPATH=str(tmp_path), TERRAFORM_PATH=str(terraform))
    assert done.returncode == 2
    assert "pip install 'eksclave[rehearse]'" in done.stderr

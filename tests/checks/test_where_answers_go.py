"""Answers are written where they may be, and a place that takes none is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from eksclave.cli import app
from eksclave.errors import EksclaveError

FLAT = Path(__file__).parent.parent / "corpus" / "flat" / "plan.json"


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.mark.parametrize("kind", ["itself", "link", "waivers"])
def test_an_output_that_is_an_input_too_is_refused(tmp_path, kind):
    plan, waivers, link = tmp_path / "plan.json", tmp_path / "w.yaml", tmp_path / "link.json"
    shutil.copy(FLAT, plan)
    waivers.write_text("[]\n")
    os.link(plan, link)
    output = {"itself": plan, "link": link, "waivers": waivers}[kind]
    before = output.read_bytes()
    done = run("prove", plan, "--waivers", waivers, "--output", output)
    assert isinstance(done.exception, EksclaveError) and "would overwrite what is read" in str(done.exception)
    assert output.read_bytes() == before


def test_a_stack_of_a_folder_that_is_read_is_not_overwritten(tmp_path):
    (tmp_path / "stacks" / "a").mkdir(parents=True)
    stack = tmp_path / "stacks" / "a" / "cdk.tf.json"
    stack.write_text("{}")
    done = run("prove", tmp_path, "--output", stack)
    assert "would overwrite what is read" in str(done.exception) and stack.read_text() == "{}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("prove", FLAT), ("explain", FLAT, "nodes", "api")])
def test_a_full_disk_is_said_without_a_traceback(arguments):
    command = [sys.executable, "-c", "from eksclave.cli import main; main()", *map(str, arguments)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: cannot write to standard output: No space left on device\n"

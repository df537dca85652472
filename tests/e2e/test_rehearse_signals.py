"""Whatever ends a rehearsal, nothing of it goes on."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from .tiny import ROOT, Bench, needs_terraform

pytestmark = pytest.mark.slow


@needs_terraform
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, "init done"),
        (signal.SIGTERM, "plan done"),
        (signal.SIGHUP, "apply done"),
        (signal.SIGINT, "second plan done"),
    ],
)
def test_a_signal_ends_every_process_and_removes_every_folder(bench: Bench, number: int, moment: str) -> None:
    process = bench.start("--stack", "tiny-network")
    assert process.stderr is not None
    while moment not in process.stderr.readline():
        assert process.poll() is None, "it ended before that"
    time.sleep(1)
    assert any("terraform" in one for one in bench.left()), "a command is under way"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("wait", [0.7, 2.0])
def test_a_signal_before_anything_is_told_ends_all_as_well(bench: Bench, wait: float) -> None:
    process = bench.start(folder=ROOT / "clusters" / "01-minimal.yaml")
    time.sleep(wait)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in err


@needs_terraform
def test_an_emulator_that_is_killed_in_the_middle_is_told(bench: Bench) -> None:
    process = bench.start()
    assert process.stderr is not None
    assert "init done" in process.stderr.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = {int(pid) for task in children.parent.parent.iterdir() for pid in (task / "children").read_text().split()}
    emulator = next(pid for pid in pids if "eksclave_emulator" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(emulator, signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the emulator ended unexpectedly (signal 9)" in err

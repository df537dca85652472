"""Every process that a rehearsal starts: each in a group of its own, all ended together, memory and time measured."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eksclave.errors import EksclaveError, ToolError


@dataclass(frozen=True)
class Done:
    """A process that ended."""

    code: int
    stdout: str
    stderr: str
    seconds: float


class Stopped(EksclaveError):
    """The run was stopped: by the user, or because the emulator ended."""

    exit_code = 1


class Processes:
    """Starts processes and knows them all. After `stop` nothing of them runs and nothing new starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, subprocess.Popen[str]] = {}
        self._why = ""
        self._spans: list[tuple[float, float]] = []
        self._peak_kib = 0
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def start(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
        """Start a process in its own session and group, its output piped as text."""
        with self._lock:
            if self._why:
                raise Stopped(self._why)
            try:
                process = subprocess.Popen(
                    command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise ToolError(f"'{command[0]}' cannot be started: {error.strerror}") from None
            self._running[process.pid] = process
            return process

    def run(
        self,
        command: Sequence[str],
        folder: Path,
        environment: dict[str, str],
        hear: Callable[[str], None] | None = None,
    ) -> Done:
        """Run a process to its end; `hear` gets each line of its output as it comes."""
        begun = time.monotonic()
        process = self.start(command, folder, environment)
        said: list[str] = []
        errors: list[str] = []
        drain = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
        drain.start()
        try:
            for line in process.stdout or ():
                said.append(line)
                if hear:
                    hear(line)
            code = process.wait()
            drain.join(5)
        finally:
            self.end(process)
            self._spans.append((begun, time.monotonic()))
        if self._why:
            raise Stopped(self._why)
        return Done(code, "".join(said), "".join(errors), time.monotonic() - begun)

    def end(self, process: subprocess.Popen[str]) -> None:
        """End one process with all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with self._lock:
            self._running.pop(process.pid, None)

    def release(self, process: subprocess.Popen[str]) -> None:
        """Let a process go on after us; it is no longer ended with the others."""
        with self._lock:
            self._running.pop(process.pid, None)

    def stop(self, why: str) -> None:
        """End everything, now; a `run` that is under way raises `Stopped` with this reason. The first reason stays."""
        with self._lock:
            self._why = self._why or why
            left = list(self._running.values())
        for process in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End what is left and stop measuring."""
        self.stop("the rehearsal is over")
        self._ended.set()
        for process in list(self._running.values()):
            self.end(process)

    @property
    def busy_seconds(self) -> float:
        """Seconds in which at least one process that was `run` was running."""
        total, reached = 0.0, float("-inf")
        for begun, ended in sorted(self._spans):
            total += max(0.0, ended - max(begun, reached))
            reached = max(reached, ended)
        return total

    @property
    def peak_memory_mib(self) -> int | None:
        """Resident memory at its highest: ours and all of our groups, summed; None without /proc."""
        return self._peak_kib // 1024 or None

    def _sample(self) -> None:
        while not self._ended.wait(0.5):
            groups = {os.getpid(), *self._running}
            with contextlib.suppress(OSError):
                self._peak_kib = max(self._peak_kib, _resident_kib(groups))


def _resident_kib(groups: set[int]) -> int:
    """Sum resident pages of the processes whose session leader or pid is in `groups`. proc(5): stat fields 5, 6, 24."""
    page = os.sysconf("SC_PAGE_SIZE") // 1024
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(entry.name) in groups or int(fields[2]) in groups or int(fields[3]) in groups:
                total += int(fields[21]) * page
    return total

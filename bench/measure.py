"""What one command costs: wall time, and the most memory that it and its children held at one moment. Linux only."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """`seconds` of wall time; `resident` bytes, the sum over all processes, shared pages counted in each."""

    seconds: float
    resident: int


def seconds(command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> float:
    """Run a command undisturbed and return its wall time; a command that fails raises with its own words."""
    start = time.perf_counter()
    done = subprocess.run(command, env=dict(environment), cwd=cwd, capture_output=True, text=True)
    spent = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {done.returncode}: {done.stdout}{done.stderr}")
    return spent


def peak(command: Sequence[str], environment: Mapping[str, str], cwd: Path, every: float = 0.02) -> Cost:
    """Run a command and look at its memory 50 times a second."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=dict(environment), cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_resident, family(process.pid))))
        time.sleep(every)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}")
    return Cost(time.perf_counter() - start, most)


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # ended while we looked
        for child in children:
            yield from family(int(child))


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0].split()[1]) * 1024 if found else 0

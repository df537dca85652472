"""What a rehearsal costs: `python bench/rehearse.py [SPEC|FOLDER]` writes bench/rehearse.md.

"Ours" is the time in which no Terraform process ran: starting the emulator, writing the copies, reading the record.
The second table is one `terraform plan` of an applied stack, each line without one of the things that a rehearsal does
about its cost. Processor time is what to read; wall time depends on who else is on the machine.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eksclave.operate.rehearse import Options, rehearse
from eksclave.operate.rehearse.synth import synthesize

TREE = Path(__file__).resolve().parents[1]
STACK = "minimal-registry"
MACHINE = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
HEAD = f"<!-- written by `make bench`: {MACHINE} -->\n"


def whole(folder: Path, name: str) -> str:
    """Rehearse with one stack at a time, then with as many as there are processors."""
    lines = [
        f"| `eksclave rehearse {name}` | wall time | Terraform | ours beside it | processor time | calls | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for jobs, words in ((1, "one stack at a time"), (0, "as many as processors")):
        before = _processor_seconds()
        answer = rehearse(folder, Options(jobs=jobs))
        spent, cost = _processor_seconds() - before, answer.cost
        if not answer.succeeded:
            raise SystemExit(f"not well: {answer.problems}")
        lines.append(
            f"| {words} | {cost.seconds:.0f} s | {cost.terraform_seconds:.0f} s | {cost.own_seconds:.1f} s "
            f"| {spent:.0f} s | {answer.calls} | {cost.peak_memory_mib} MB |"
        )
    return "\n".join(lines) + "\n"


def one_plan(folder: Path) -> str:
    """Plan one applied stack again, as a rehearsal does and without each of its means."""
    kept = Path(rehearse(folder, Options(stacks=(STACK,), keep=True)).kept)
    try:
        place, told = kept / "stacks" / STACK, _environment(kept)
        override, lock = place / "zz_rehearsal_override.tf.json", place / ".terraform.lock.hcl"
        plain, bare = override.read_text(), lock.read_text()
        body = json.loads(plain)
        body["provider"]["aws"][0]["endpoints"] = [dict.fromkeys(_services(place, told), told["AWS_ENDPOINT_URL"])]
        rows = [
            ("as a rehearsal runs it", _plan(place, told)),
            ("with Go's usual collector", _plan(place, told, GOGC="100")),
        ]
        subprocess.run(["terraform", "init"], cwd=place, env=told, check=True, capture_output=True)
        rows.append(("with a checksum in the lock file", _plan(place, told)))
        lock.write_text(bare)
        override.write_text(json.dumps(body))
        rows.append(("with every service in `endpoints`", _plan(place, told)))
        subprocess.run(["terraform", "init"], cwd=place, env=told, check=True, capture_output=True)
        rows.append(("with all three", _plan(place, told, GOGC="100")))
    finally:
        subprocess.run([kept / "stop"], check=True)
    lines = [f"| one `terraform plan` of {STACK} | processor time | wall time |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {words} | {cpu:.1f} s | {wall:.1f} s |" for words, (cpu, wall) in rows)]) + "\n"


def _plan(place: Path, environment: dict[str, str], **more: str) -> tuple[float, float]:
    """Return the least processor time of three plans, and the wall time of that one."""
    found = []
    for _ in range(3):
        before, begun = _processor_seconds(), time.perf_counter()
        subprocess.run(["terraform", "plan"], cwd=place, env={**environment, **more}, check=True, capture_output=True)
        found.append((_processor_seconds() - before, time.perf_counter() - begun))
    return min(found)


def _environment(kept: Path) -> dict[str, str]:
    words = subprocess.run(
        ["sh", "-c", f". {kept}/environment.sh && env -0"], capture_output=True, text=True, check=True
    ).stdout
    return dict(pair.split("=", 1) for pair in words.split("\0") if "=" in pair) | {"GOGC": "400"}


def _services(place: Path, environment: dict[str, str]) -> list[str]:
    said = subprocess.run(
        ["terraform", "providers", "schema", "-json"], cwd=place, env=environment, capture_output=True, check=True
    ).stdout
    (schema,) = json.loads(said)["provider_schemas"].values()
    return sorted(schema["provider"]["block"]["block_types"]["endpoints"]["block"]["attributes"])


def _processor_seconds() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(target: Path) -> None:
    """Print the tables and write them to bench/rehearse.md."""
    with tempfile.TemporaryDirectory() as private:
        folder = target if target.is_dir() else synthesize(target, Path(private) / "cdktf.out")
        measured = "\n".join([HEAD, whole(folder, target.name), one_plan(folder)])
    (TREE / "bench" / "rehearse.md").write_text(measured)
    print(measured)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TREE / "clusters" / "01-minimal.yaml")

"""Measure `python main.py`: eager bindings against ours in one run, then 1, 10 and 100 clusters. Writes bench/synth.md.

Every figure is the best of some runs after one that is not counted, so that neither cold caches nor other work speak.
The eager runs get what they need to be fast: all bindings compiled ahead, jsii's package cache warm.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE))

from bench.measure import peak, seconds  # noqa: E402

SPEC = TREE / "clusters" / "01-minimal.yaml"
APP = [sys.executable, "main.py"]
MEGABYTE = 1_000_000


def compile_bindings() -> None:
    """Compile the provider packages, which `make` installs uncompiled; an eager import would do it at every start."""
    for package in sorted(Path(sysconfig.get_paths()["purelib"]).glob("cdkt[fn]_*provider_*")):
        if package.is_dir() and package.suffix == "":
            seconds([sys.executable, "-m", "compileall", "-q", "-j", "0", str(package)], os.environ, TREE)


def environment(specs: list[Path], out: Path, *, lazy: bool) -> dict[str, str]:
    """Return the environment of one synth of these specs into `out`."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "EKSCLAVE_SPECS": os.pathsep.join(map(str, specs)),
        "EKSCLAVE_LAZY": "1" if lazy else "0",
        "CDKTF_OUTDIR": str(out),
    }


def copies(count: int, folder: Path) -> list[Path]:
    """Write `count` specs that differ from the example in their name alone."""
    text = SPEC.read_text()
    folder.mkdir()
    specs = [folder / f"c{number:03}.yaml" for number in range(count)]
    for spec in specs:
        renamed, times = re.subn(r"(?m)^name:.*$", f"name: {spec.stem}", text)
        if times != 1:
            raise RuntimeError(f"{SPEC.name} should have one name, found {times}")
        spec.write_text(renamed)
    return specs


def best(specs: list[Path], out: Path, *, lazy: bool, runs: int, warm: bool = False) -> float:
    """Return the shortest of some synths, after one that only warms the caches where they are not warm yet."""
    given = environment(specs, out, lazy=lazy)
    return min([seconds(APP, given, TREE) for _ in range(runs + (not warm))][not warm :])


def table(work: Path) -> str:
    """Measure and return the two tables."""
    compile_bindings()
    one = copies(1, work / "1")
    out = work / "out"
    print("eager bindings ...", flush=True)
    eager = best(one, out, lazy=False, runs=1)
    eager_peak = peak(APP, environment(one, out, lazy=False), TREE).resident / MEGABYTE
    print("ours ...", flush=True)
    ours = best(one, out, lazy=True, runs=5)
    ours_peak = peak(APP, environment(one, out, lazy=True), TREE).resident / MEGABYTE
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    less = eager_peak / ours_peak
    lines = [
        f"<!-- written by `make bench`: {machine} -->",
        "",
        "| `python main.py`, one cluster, six stacks | eager bindings | ours | ratio |",
        "|---|---|---|---|",
        f"| wall time | {eager:.1f} s | {ours:.2f} s | {eager / ours:.0f} times faster |",
        f"| Python and Node together | {eager_peak:.0f} MB | {ours_peak:.0f} MB | {less:.0f} times less |",
        "",
        "| clusters in one run | wall time | per cluster | per cluster, against 10 | memory |",
        "|---|---|---|---|---|",
    ]
    spent = {1: ours}
    for count, runs in ((10, 3), (100, 1)):
        print(f"{count} clusters ...", flush=True)
        spent[count] = best(copies(count, work / str(count)), out, lazy=True, runs=runs, warm=True)
    for count, wall in spent.items():
        specs = sorted((work / str(count)).glob("*.yaml"))
        held = peak(APP, environment(specs, out, lazy=True), TREE).resident / MEGABYTE
        ratio = (wall / count) / (spent[10] / 10)
        lines.append(f"| {count} | {wall:.2f} s | {wall / count * 1000:.0f} ms | {ratio:.2f} | {held:.0f} MB |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables and write them to bench/synth.md."""
    with tempfile.TemporaryDirectory() as work:
        measured = table(Path(work))
    (TREE / "bench" / "synth.md").write_text(measured)
    print(measured)


if __name__ == "__main__":
    main()

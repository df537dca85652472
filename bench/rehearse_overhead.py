"""What a rehearsal costs beside Terraform: `python bench/rehearse_overhead.py SPEC|FOLDER` prints one JSON object.

`own_seconds` is the time in which no Terraform process ran: starting the emulator, writing the copies, reading the
record. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from eksclave.operate.rehearse import Options, rehearse
from eksclave.operate.rehearse.synth import synthesize


def main(target: Path) -> None:
    """Rehearse once with one stack at a time, once with as many as there are processors."""
    with tempfile.TemporaryDirectory() as private:
        folder = target if target.is_dir() else synthesize(target, Path(private) / "cdktf.out")
        found = {f"jobs {jobs or 'all'}": rehearse(folder, Options(jobs=jobs)) for jobs in (1, 0)}
    told = {
        name: {
            "succeeded": answer.succeeded,
            "calls": answer.calls,
            "seconds": answer.cost.seconds,
            "terraform_seconds": answer.cost.terraform_seconds,
            "own_seconds": answer.cost.own_seconds,
            "peak_memory_mib": answer.cost.peak_memory_mib,
        }
        for name, answer in found.items()
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

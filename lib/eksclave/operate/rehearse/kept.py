"""`--keep`: a ready environment for `aws` and `terraform` on what the rehearsal made, and a way to end it."""

from __future__ import annotations

import shlex
from pathlib import Path

from .emulator import Emulator

WORDS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
         "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "TF_CLI_CONFIG_FILE",
         "NO_PROXY")  # fmt: skip


def write_environment(private: Path, emulator: Emulator, environment: dict[str, str], region: str) -> None:
    """Write `environment.sh`, to be read by a shell, and `stop`, which ends the emulator and removes the folder."""
    told = {**environment, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    lines = [f"export {word}={shlex.quote(told[word])}" for word in WORDS if word in told]
    said = f"# the emulator listens at {emulator.url}"
    (private / "environment.sh").write_text("\n".join([said, *lines, ""]), encoding="utf-8")
    stop = private / "stop"
    folders = shlex.join([str(private), str((private / "tmp").resolve())])
    stop.write_text(f"#!/bin/sh\nkill {emulator.process.pid}\nrm -rf {folders}\n", encoding="utf-8")
    stop.chmod(0o700)

"""`--keep`: a ready environment for `aws` and `terraform` on what the rehearsal left behind."""

from __future__ import annotations

import shlex
from pathlib import Path

WORDS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
         "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL", "TF_CLI_CONFIG_FILE", "NO_PROXY")  # fmt: skip


def write_environment(private: Path, url: str, environment: dict[str, str]) -> Path:
    """Write `environment.sh` into the kept folder and return it."""
    lines = [f"export {word}={shlex.quote(environment[word])}" for word in WORDS if word in environment]
    file = private / "environment.sh"
    file.write_text("\n".join([f"# the emulator listens at {url}", *lines, ""]), encoding="utf-8")
    return file

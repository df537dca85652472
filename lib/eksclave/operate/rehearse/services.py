"""Which services the AWS provider can be pointed at: read from the provider's own schema, kept for its next use."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from eksclave.errors import ToolError

from .estate import AWS
from .processes import Processes

_LEAST = 150
"""Fewer endpoint names than this is not the AWS provider's schema: 5.100.0 has over 300."""


def services(runner: Processes, terraform: Path, folder: Path, environment: dict[str, str]) -> tuple[str, ...]:
    """Return every name in the provider's `endpoints` block. `folder` is initialised with the provider."""
    kept = _kept(folder)
    if kept is not None and kept.is_file():
        try:
            return tuple(json.loads(kept.read_text(encoding="utf-8")))
        except ValueError:
            kept.unlink(missing_ok=True)
    done = runner.run([str(terraform), "providers", "schema", "-json"], folder, environment)
    if done.code != 0:
        raise ToolError("the AWS provider's schema cannot be read", said_by(done.stderr), str(folder))
    schemas = json.loads(done.stdout)["provider_schemas"]
    source = next((name for name in schemas if name.endswith(AWS)), "")
    block = schemas.get(source, {}).get("provider", {}).get("block", {}).get("block_types", {}).get("endpoints", {})
    found = tuple(sorted(block.get("block", {}).get("attributes", {})))
    if len(found) < _LEAST:
        raise ToolError(
            f"the AWS provider's schema names {len(found)} endpoints; refusing to start", "use hashicorp/aws 5 or newer"
        )
    if kept is not None:
        _keep(kept, found)
    return found


def said_by(stderr: str) -> str:
    """Return the first line of Terraform's words that says something."""
    lines = [line.strip("│╷╵ ") for line in stderr.splitlines()]
    return next((line for line in lines if line), "terraform said nothing")


def _kept(folder: Path) -> Path | None:
    """The cache file of this very provider binary (its path, size and time), in the user's cache folder."""
    found = sorted(folder.glob(".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws*"))
    if not found:
        return None
    real = found[0].resolve()
    stat = real.stat()
    mark = hashlib.sha256(f"{real}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:16]
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "eksclave" / f"aws-endpoints-{mark}.json"


def _keep(file: Path, found: tuple[str, ...]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as fresh:
            json.dump(found, fresh)
        Path(fresh.name).replace(file)
    except OSError:
        return  # a cache that cannot be written costs seconds, not the run

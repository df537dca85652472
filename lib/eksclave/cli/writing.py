"""Where an answer goes: standard output or a file, and what is said where it cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from eksclave.errors import EksclaveError

_READ_IN_FOLDERS = ("cdk.tf.json", "manifest.json")


def tell(text: str) -> None:
    """Print to standard output; raise what the user can mend where it takes no more."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        with suppress(OSError, ValueError):  # what is left in the buffer goes nowhere, or Python fails again at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise EksclaveError(f"cannot write to standard output: {error.strerror or error}") from None


def write(text: str, output: Path) -> None:
    """Write a file; raise what the user can mend where that fails."""
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EksclaveError(f"cannot write the answer: {error.strerror or error}", where=str(output)) from None


def refuse_to_overwrite(output: Path, read: Iterable[str | Path]) -> None:
    """Raise where the file to be written is one of those that are read, whatever its name."""
    for one in map(Path, read):
        if _is_read(output, one):
            raise EksclaveError("--output would overwrite what is read", "name another file", str(output))


def _is_read(output: Path, read: Path) -> bool:
    with suppress(OSError):
        if read.is_dir():
            return output.name in _READ_IN_FOLDERS and output.exists() and read.resolve() in output.resolve().parents
        return output.samefile(read)
    return False

"""One renderer per file: an answer goes in, text comes out."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from eksclave.checks.result import Answer

FORMATS = ("text", "json", "markdown", "sarif", "junit")


def render(answer: Answer, format: str, read: str = "", files: Mapping[str, str] | None = None) -> str:
    """Return the answer in one of FORMATS, ending in a line break.

    SARIF names files: `files` says which one holds an address, `read` is the input for whatever is not among them.
    """
    module = importlib.import_module(f"eksclave.report.{format}")
    text: str = module.render(answer, read, files or {}) if format == "sarif" else module.render(answer)
    return text if text.endswith("\n") else text + "\n"

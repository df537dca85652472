"""One renderer per file: an answer goes in, text comes out."""

from __future__ import annotations

import importlib

from eksclave.checks.result import Answer

FORMATS = ("text", "json", "markdown", "sarif", "junit")


def render(answer: Answer, format: str, read: str = "") -> str:
    """Return the answer in one of FORMATS, ending in a line break; `read` is the input, which SARIF names."""
    module = importlib.import_module(f"eksclave.report.{format}")
    text: str = module.render(answer, read) if format == "sarif" else module.render(answer)
    return text if text.endswith("\n") else text + "\n"

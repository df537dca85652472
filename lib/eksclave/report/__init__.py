"""One renderer per file: an answer goes in, text comes out."""

from __future__ import annotations

import importlib

from eksclave.checks.result import Answer

FORMATS = ("text", "json", "markdown", "sarif", "junit")


def render(answer: Answer, format: str) -> str:
    """Return the answer in one of FORMATS, ending in a line break."""
    module = importlib.import_module(f"eksclave.report.{format}")
    text: str = module.render(answer)
    return text if text.endswith("\n") else text + "\n"

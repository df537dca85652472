"""`pytest tests/golden --golden=write` writes the golden files, and still fails where one changed."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", choices=["compare", "write"], default="compare")

"""What the tests of rehearsals share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .tiny import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    assert made.settled() == []

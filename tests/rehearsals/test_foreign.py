"""The cdktf.out of somebody else's app: five stacks that were not made by this one, order read off their states."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import ALL, STAGES, rehearse
from .estate import estate

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not ALL, reason="EKSCLAVE_REHEARSE=all plays it")]


def test_a_foreign_folder_lives_and_dies_well(tmp_path: Path) -> None:
    told = rehearse(estate(tmp_path / "cdktf.out"))
    assert [[stage["stage"] for stage in stack["stages"]] for stack in told["stacks"]] == [STAGES] * 5
    assert {proof["outcome"] for proof in told["proofs"]} == {"pass"}
    assert told["left"] == []

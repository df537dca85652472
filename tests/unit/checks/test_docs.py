"""The pages of docs/checks are those that the code makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.checks.docs import pages
from eksclave.checks.ids import known_ids
from eksclave.checks.registry import checks

ROOT = Path(__file__).parents[3]


def test_the_committed_pages_are_the_generated_ones():
    wanted = pages(ROOT / "tests" / "checks")
    found = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "checks").glob("*.md")}
    assert sorted(found) == sorted(wanted), "run python -m eksclave.checks.docs"
    assert [name for name in wanted if found[name] != wanted[name]] == [], "run python -m eksclave.checks.docs"


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.name)
def test_every_check_says_why_how_to_fix_it_and_where_the_fact_comes_from(check):
    headings = [line for line in check.module.__doc__.splitlines() if line in ("Why", "Fix", "Source")]
    assert headings == ["Why", "Fix", "Source"]
    assert set(check.asks) <= set(known_ids())


def test_every_requirement_is_asked_by_some_check():
    asked = {id for check in checks() for id in check.asks}
    assert set(known_ids()) == asked

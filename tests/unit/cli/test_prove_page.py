"""docs/prove.md says what the command takes: every flag, format and feature, and waivers that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.ids import known_ids
from eksclave.checks.waiver_file import read_waivers
from eksclave.checks.waivers import matches
from eksclave.cli.prove import command
from eksclave.report import FORMATS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "prove.md").read_text(encoding="utf-8")


def test_every_flag_and_format_is_told():
    flags = [name for one in command.params if isinstance(one, click.Option) for name in one.opts]
    assert flags and all(f"| `{flag}" in PAGE for flag in flags)
    assert all(f"`{format}`" in PAGE for format in FORMATS)


def test_every_feature_is_told_and_no_other():
    told = re.findall(r"`([a-z0-9-]+)`", PAGE.partition("## Features")[2].partition("## explain")[0])
    assert sorted(told) == sorted(feature.value for feature in Feature)


def test_the_waivers_of_the_page_can_be_read_and_match_as_told(tmp_path):
    (tmp_path / "waivers.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.S)[0])
    first, second = read_waivers(tmp_path / "waivers.yaml", known_ids())
    assert (first.waive, second.waive) == ("N5", "P2")
    assert matches("module.vpc.aws_route.nat[0]", second.address)


@pytest.mark.parametrize("page", ["docs/prove.md", "docs/checks/README.md"])
def test_the_readme_leads_there(page):
    assert f"({page})" in (ROOT / "README.md").read_text(encoding="utf-8")

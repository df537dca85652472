"""A copy starts soon: nothing that it does not need is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("boto3", "jinja2", "pydantic", "ruamel", "yaml")


@pytest.mark.parametrize("words", [["copy", "--archive", "."], ["check", "--registry", "127.0.0.1:1"], ["warm"]])
def test_a_command_on_a_lock_file_loads_no_model_of_specs(tmp_path, words):
    (tmp_path / "x.images.lock").write_text('version = 1\nprefix = "mirror"\n')
    code = (
        "import sys, eksclave.cli as cli\n"
        f"sys.argv = ['eksclave', 'images', *{words!r}, '--lock', 'x.images.lock']\n"
        "try:\n    cli.main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (told.returncode, told.stdout.splitlines()[-1:]) == (0, ["[]"]), told.stderr

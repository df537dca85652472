"""A copy starts soon: nothing that it does not need is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from eksclave.images.tokens import Refused, authorize

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


def test_without_the_extra_the_message_says_what_to_install(tmp_path):
    (tmp_path / "x.images.lock").write_text('version = 1\nprefix = "mirror"\n')
    code = (
        "import sys, eksclave.cli as cli\nsys.modules['urllib3'] = None\n"
        "sys.argv = ['eksclave', 'images', 'check', '--registry', '127.0.0.1:1', '--lock', 'x.images.lock']\ncli.main()\n"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (
        2,
        "error: urllib3 is not installed; pip install 'eksclave[images]'\n",
    )


def test_ecr_without_credentials_says_both_ways_to_log_in():
    with pytest.raises(Refused, match="give AWS credentials to boto3") as told:
        authorize(None, "111122223333.dkr.ecr.eu-central-1.amazonaws.com", "Basic", "", None, False)
    assert "docker login 111122223333.dkr.ecr.eu-central-1.amazonaws.com" in told.value.fix
    with pytest.raises(Refused) as told:
        authorize(None, "quay.io", "Basic", "", None, False)
    assert told.value.fix == "run `docker login quay.io`"

"""The binary is found, its environment is clean, the mirror is used for what it holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import terraform
from eksclave.terraform.mirror import cli_configuration, mirror_or_none


def program(folder: Path, name: str, said: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{said}'\nenv > {folder}/env.txt\n")
    file.chmod(file.stat().st_mode | stat.S_IEXEC)
    return file


def shell(tmp_path: Path, **extra: str) -> dict[str, str]:
    return {"PATH": f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(tmp_path / "home"), **extra}


def mirror(folder: Path) -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0").mkdir(parents=True)
    return folder


def test_tofu_is_taken_where_there_is_no_terraform(tmp_path: Path) -> None:
    program(tmp_path / "bin", "tofu", "OpenTofu v1.9.0")
    given = {"PATH": str(tmp_path / "bin") + os.pathsep + "/bin", "HOME": str(tmp_path)}
    found = terraform(tmp_path / "work", given=given)
    assert (found.name, found.version) == ("tofu", (1, 9, 0))


def test_the_binary_that_the_environment_names_wins(tmp_path: Path) -> None:
    program(tmp_path / "bin", "terraform", "Terraform v1.11.4")
    other = program(tmp_path / "other", "terraform-1.6", "Terraform v1.6.5")
    assert terraform(tmp_path / "w", given=shell(tmp_path, TERRAFORM_PATH=str(other))).version == (1, 6, 5)


def test_a_missing_binary_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"no terraform or tofu on PATH; install"):
        terraform(tmp_path, given={"PATH": str(tmp_path), "HOME": str(tmp_path)})


def test_an_old_binary_is_refused(tmp_path: Path) -> None:
    program(tmp_path / "bin", "terraform", "Terraform v1.2.9")
    with pytest.raises(ToolError, match=r"terraform 1\.2\.9 is too old"):
        terraform(tmp_path / "w", given=shell(tmp_path))


def test_neither_credentials_nor_the_shells_terraform_settings_reach_the_binary(tmp_path: Path) -> None:
    program(tmp_path / "bin", "terraform", "Terraform v1.11.4")
    given = shell(tmp_path, AWS_SECRET_ACCESS_KEY="secret", AWS_PROFILE="prod", TF_VAR_name="x", TF_WORKSPACE="prod")
    found = terraform(tmp_path / "w", extra={"TF_VAR_asked": "y"}, given=given)
    found.run(tmp_path, "plan")
    seen = (tmp_path / "bin" / "env.txt").read_text()
    assert "TF_VAR_asked=y" in seen and "CHECKPOINT_DISABLE=1" in seen
    assert not any(word in seen for word in ("secret", "AWS_PROFILE", "TF_VAR_name", "TF_WORKSPACE"))


def test_the_private_configuration_takes_from_the_mirror_only_what_it_holds(tmp_path: Path) -> None:
    written = cli_configuration(mirror(tmp_path / "m"))
    assert 'include = ["registry.terraform.io/hashicorp/aws"]' in written
    assert 'exclude = ["registry.terraform.io/hashicorp/aws"]' in written


def test_a_mirror_is_found_in_the_users_home(tmp_path: Path) -> None:
    place = mirror(tmp_path / "home" / ".terraform.d" / "plugins")
    assert mirror_or_none(shell(tmp_path)) == place


def test_a_mirror_named_in_the_users_configuration_is_found(tmp_path: Path) -> None:
    place = mirror(tmp_path / "m")
    rc = tmp_path / "rc"
    rc.write_text(f'provider_installation {{\n filesystem_mirror {{\n path = "{place}"\n }}\n}}\n')
    assert mirror_or_none(shell(tmp_path, TF_CLI_CONFIG_FILE=str(rc))) == place


def test_a_users_configuration_that_installs_providers_is_used_as_it_is(tmp_path: Path) -> None:
    program(tmp_path / "bin", "terraform", "Terraform v1.11.4")
    rc = tmp_path / "rc"
    rc.write_text("provider_installation {\n  direct {}\n}\n")
    found = terraform(tmp_path / "w", given=shell(tmp_path, TF_CLI_CONFIG_FILE=str(rc)))
    assert found.environment["TF_CLI_CONFIG_FILE"] == str(rc)


def test_a_mirror_that_was_asked_for_and_is_empty_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="EKSCLAVE_PROVIDER_MIRROR names"):
        mirror_or_none(shell(tmp_path, EKSCLAVE_PROVIDER_MIRROR=str(tmp_path)))

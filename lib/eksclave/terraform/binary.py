"""The terraform (or tofu) binary: found, checked, and run with a clean environment: nothing of the user leaks in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eksclave.errors import ToolError
from eksclave.terraform.mirror import cli_configuration, mirror_or_none, user_configurations

OLDEST = (1, 5, 0)  # the oldest release whose plan JSON (format 1.2) and `show -json` we read in tests
_KEPT = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True)
class Answer:
    """What one terraform command said: its exit code and both outputs."""

    arguments: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def succeeded(self) -> bool:
        return self.code == 0

    @property
    def complaint(self) -> str:
        """The error text without colours and frames, for a person to read."""
        text = self.stderr.strip() or self.stdout.strip()
        return "\n".join(line.lstrip("│╷╵ ").rstrip() for line in text.splitlines() if line.strip("│╷╵ ")).strip()


@dataclass(frozen=True)
class Terraform:
    """One usable binary with the environment to run it in."""

    program: Path
    name: str
    version: tuple[int, int, int]
    environment: Mapping[str, str] = field(repr=False)

    def run(self, folder: Path, *arguments: str, timeout: float = 600) -> Answer:
        """Run one command in `folder` and return its answer, whatever its exit code."""
        try:
            done = subprocess.run(
                [str(self.program), *arguments],
                cwd=folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ToolError(
                f"`{self.name} {arguments[0]}` did not end within {timeout:.0f} s", where=str(folder)
            ) from None
        return Answer(tuple(arguments), done.returncode, done.stdout, done.stderr)

    def must(self, folder: Path, *arguments: str, timeout: float = 600) -> Answer:
        """Run one command in `folder`; raise ToolError with Terraform's own words where it fails."""
        answer = self.run(folder, *arguments, timeout=timeout)
        if not answer.succeeded:
            raise ToolError(f"`{self.name} {' '.join(arguments)}` failed: {answer.complaint}", where=str(folder))
        return answer

    def init(self, folder: Path) -> Answer:
        """Install the providers and modules of one configuration."""
        return self.must(folder, "init", "-input=false", "-no-color")

    def validate(self, folder: Path) -> Answer:
        """Check one initialised configuration."""
        return self.must(folder, "validate", "-no-color")

    def plan(self, folder: Path, out: str = "plan.bin", *options: str) -> Answer:
        """Plan one initialised configuration and keep the binary plan in `out`."""
        return self.must(folder, "plan", "-input=false", "-no-color", "-lock=false", f"-out={out}", *options)

    def apply(self, folder: Path, *options: str, timeout: float = 1800) -> Answer:
        """Apply one initialised configuration without asking."""
        return self.must(folder, "apply", "-input=false", "-no-color", "-auto-approve", *options, timeout=timeout)

    def destroy(self, folder: Path, *options: str, timeout: float = 1800) -> Answer:
        """Destroy what one configuration made, without asking."""
        return self.must(folder, "destroy", "-input=false", "-no-color", "-auto-approve", *options, timeout=timeout)

    def show(self, folder: Path, file: str | None = None) -> dict[str, Any]:
        """Return `terraform show -json` of a plan file, or of the folder's state."""
        import orjson

        arguments = ["show", "-json", *([file] if file else [])]
        return orjson.loads(self.must(folder, *arguments).stdout)

    def outputs(self, folder: Path) -> dict[str, Any]:
        """Return the root outputs of the folder's state by name."""
        import orjson

        said: dict[str, dict[str, Any]] = orjson.loads(self.must(folder, "output", "-json").stdout)
        return {name: output.get("value") for name, output in said.items()}


def terraform(
    workplace: Path, extra: Mapping[str, str] | None = None, given: Mapping[str, str] | None = None
) -> Terraform:
    """Return a Terraform whose private CLI configuration stands in `workplace`.

    `extra` is added to its environment (endpoints, TF_VAR_…); `given` replaces this process's environment in tests.
    Raises ToolError where no binary is found or it is too old.
    """
    given = os.environ if given is None else given
    program, name = _program(given)
    workplace.mkdir(parents=True, exist_ok=True)
    environment = _environment(given, _configuration(given, workplace))
    version = _version(program, name, environment)
    return Terraform(program, name, version, {**environment, **(extra or {})})


def _program(given: Mapping[str, str]) -> tuple[Path, str]:
    """TERRAFORM_BINARY_NAME is what cdktf reads; TERRAFORM_PATH is for a binary that is not on PATH."""
    asked = given.get("TERRAFORM_PATH") or given.get("TERRAFORM_BINARY_PATH") or given.get("TERRAFORM_BINARY_NAME")
    for candidate in (asked,) if asked else ("terraform", "tofu"):
        found = shutil.which(candidate, path=given.get("PATH"))
        if found:
            return Path(found), Path(found).name.removesuffix(".exe")
    missing = f"'{asked}', asked for by the environment, is not a program" if asked else "no terraform or tofu on PATH"
    raise ToolError(missing, "install Terraform 1.5 or newer, or set TERRAFORM_PATH")


def _configuration(given: Mapping[str, str], workplace: Path) -> Path:
    """Return the user's own CLI configuration where it says how to install providers, else one written here."""
    mirror_asked = given.get("EKSCLAVE_PROVIDER_MIRROR")
    for file in () if mirror_asked else user_configurations(given):
        if "provider_installation" in file.read_text(encoding="utf-8", errors="replace"):
            return file.resolve()
    own = (workplace / "eksclave.tfrc").resolve()
    own.write_text(cli_configuration(mirror_or_none(given)), encoding="utf-8")
    return own


def _environment(given: Mapping[str, str], configuration: Path) -> dict[str, str]:
    """No AWS_* (a rehearsal must never meet a real account) and no TF_* of the user's shell."""
    kept = {name: given[name] for name in sorted((*_KEPT, *_PROXIES)) if name in given}
    nothing = os.devnull
    return {
        **kept,
        "AWS_CONFIG_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
        "TF_CLI_CONFIG_FILE": str(configuration),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def _version(program: Path, name: str, environment: Mapping[str, str]) -> tuple[int, int, int]:
    command: Sequence[str] = (str(program), "version")
    try:
        done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"`{name} version` cannot be run: {error}", "check TERRAFORM_PATH") from None
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", done.stdout)
    if not match:
        raise ToolError(f"`{name} version` did not print a version", "check TERRAFORM_PATH")
    version = (int(match[1]), int(match[2]), int(match[3]))
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ToolError(f"{name} {'.'.join(map(str, version))} is too old", f"install {oldest} or newer")
    return version

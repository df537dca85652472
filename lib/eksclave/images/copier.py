"""The well-kept copier that moves the bytes: skopeo, or crane or regctl where that is what is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from eksclave.errors import EksclaveError, ToolError
from eksclave.images.credentials import Logins, authfile
from eksclave.images.hosts import is_loopback
from eksclave.images.spoken import blot, tame

KNOWN = ("skopeo", "crane", "regctl")
SLOWEST = 200_000
"""Bytes in a second; what is slower than that for hours does not end."""
MOST = 600

# What the three tools (Go's net/http below them) say when trying again may help, and when a login has run out. The last
# line of the first: skopeo answers any refusal of an index, a rate limit too, by trying other formats, and names only
# that those may not be (containers/image, copy/multiple.go).
_LATER = re.compile(
    r"toomanyrequests|too many requests|rate exceeded|\b(?:429|50[0-4]) (?:\(?too many|\(?internal|\(?bad gateway"
    r"|\(?service unavailable|\(?gateway)|http (?:status|code)?:? ?(?:429|50[0-4])\b|status code:? (?:429|50[0-4])\b"
    r"|connection (?:reset|refused|timed out)|broken pipe|unexpected eof|: eof\b|i/o timeout|tls handshake timeout"
    r"|timeout exceeded|no such host|temporary failure|network is unreachable|server misbehaving"
    r"|must be converted to type .*instructed to preserve digests",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b401\b|unauthorized|authentication required|no basic auth|token has expired|expired", re.IGNORECASE
)
# A registry that another push is writing to at the same moment; seen with docker-registry, whose links are not atomic.
_UNSETTLED = re.compile(r"blob unknown|manifest invalid|manifest unknown to registry|layers? .*does not exist", re.I)
# What crane says while all is well, before what went wrong.
_PROGRESS = re.compile(r"\d{4}/\d\d/\d\d [\d:]{8} (?:Copying|pushed|existing|mounted|retrying)", re.IGNORECASE)
_FIXES = (
    (r"no space left", "free some space, then run the same command again: it goes on where it stopped"),
    (r"repository .*does not exist|name unknown", "deploy the registry stack first, or check the name"),
    (r"manifest unknown|not found", "the upstream image is gone; lock again"),
    (r"denied|forbidden", "this login may not do that; check its permissions"),
    (
        r"digest.*(mismatch|did not match|does not match)|did not match expected|verifying sha\d+ checksum",
        "the upstream content is corrupt",
    ),
)


class CopyError(EksclaveError):
    """A transfer failed. `later` says that trying again may help, `login` that a new login may, `unsettled` that the
    mirror was being written to. `told` is all that the tool said; `said` is what fits a line.
    """

    def __init__(self, told: str, fix: str, where: str) -> None:
        super().__init__(_short(told), fix, where)
        self.login = bool(_LOGIN.search(told))
        self.later = bool(_LATER.search(told))
        self.unsettled = bool(_UNSETTLED.search(told))


@dataclass(frozen=True)
class Copier:
    """One of the tools, by name and program."""

    name: str
    program: str

    def command(self, source: str, destination: str, auth: str) -> list[str]:
        """Return the words that copy one image, index or artifact its digest unchanged. `auth` is a file, or empty."""
        if self.name == "skopeo":
            plain = [f"--{side}-tls-verify=false" for side, ref in _sides(source, destination) if _is_plain(ref)]
            login = ["--authfile", auth] if auth else []
            words = ["--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests", *login, *plain]
            return [self.program, *words, source, destination]
        if not source.startswith("docker://"):
            raise ToolError("an archive is read and written by skopeo only", "install skopeo")
        bare = [ref.removeprefix("docker://") for ref in (source, destination)]
        if self.name == "crane":
            return [self.program, "copy", *bare]
        plain = [f"--host=reg={ref.partition('/')[0]},tls=disabled" for ref in bare if _is_plain(f"docker://{ref}")]
        return [self.program, *plain, "image", "copy", *bare]

    def copy(self, source: str, destination: str, logins: Logins, size: int = 0) -> None:
        """Copy, or raise `CopyError` with what the tool said, secrets blotted out. It may take an hour, and longer for
        `size` bytes."""
        timeout = 3600 + size / SLOWEST
        hosts = [_host(ref) for ref in (source, destination) if ref.startswith("docker://")]
        with ExitStack() as stack:
            auth, descriptors = stack.enter_context(authfile(logins, hosts))
            environ = dict(os.environ)
            if self.name != "skopeo":
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="eksclave-"))
                (Path(folder) / "config.json").symlink_to(auth)
                environ["DOCKER_CONFIG"] = folder
            words = self.command(source, destination, auth)
            try:
                told = subprocess.run(
                    words,
                    pass_fds=descriptors,
                    env=environ,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    timeout=timeout,
                )
            except subprocess.TimeoutExpired as error:
                raise CopyError(f"i/o timeout: no end after {timeout:.0f} s", "check the network", source) from error
        if told.returncode:
            raise _failure(blot(told.stderr or told.stdout, logins.secrets()), source)


def find_copier(name: str = "") -> Copier:
    """Return the copier called `name`, or the first one that is installed; raise where there is none."""
    wanted = (name,) if name else KNOWN
    if name and name not in KNOWN:
        raise EksclaveError(f"no copier is called '{name}'", f"known: {', '.join(KNOWN)}")
    for one in wanted:
        program = shutil.which(one)
        if program:
            return Copier(one, program)
    said = f"{' or '.join(wanted)} is not on PATH"
    raise ToolError(said, "install skopeo with your system's packages (apt-get, dnf, brew: `install skopeo`)")


def _failure(told: str, source: str) -> CopyError:
    """Return the error with the tool's own words."""
    words = " ".join(line.strip() for line in told.splitlines() if line.strip() and not _PROGRESS.match(line))
    words = re.sub(r'time="[^"]*" level=\w+ msg=', "", words) or "the copier failed without a word"
    fix = next((fix for pattern, fix in _FIXES if re.search(pattern, words, re.IGNORECASE)), "")
    return CopyError(tame(words, len(words)), fix, source.removeprefix("docker://"))


def _short(told: str) -> str:
    """Return what fits a few lines: the beginning, where it happened, and the end, what it was."""
    return told if len(told) <= MOST else f"{told[: MOST // 2]} … {told[-MOST // 2 :]}"


def _sides(source: str, destination: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("src", source), ("dest", destination)


def _host(reference: str) -> str:
    return reference.removeprefix("docker://").partition("/")[0]


def _is_plain(reference: str) -> bool:
    return reference.startswith("docker://") and is_loopback(_host(reference))

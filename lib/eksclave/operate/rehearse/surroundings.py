"""What Terraform and its providers see of this machine: one address for every AWS service, and no other way out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from eksclave.errors import EksclaveError

KEY_ID = "REHEARSALREHEARSAL00"
"""An access key id that cannot exist: real ones begin with AKIA or ASIA."""

SECRET = "not-a-secret"
ADDRESS = "AWS_ENDPOINT_URL"
"""The address of every service for which nothing else is said (AWS SDKs and tools reference, service endpoints). The
provider's `endpoints` block says the same, but it checks each of its 303 arguments against all: 3 s a command."""

_WAYS_OUT = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_OTHERS = ("AWS_ENDPOINT_URL_", "TF_AWS_", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE", "AWS_SESSION_TOKEN",
           "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_")  # fmt: skip


def private(folder: Path, sockets: Path) -> dict[str, str]:
    """Return what keeps a run to itself: folders of its own, no account of the user's, no metadata service."""
    empty = str(folder / "empty")
    return {
        "HOME": str(folder / "home"),
        "TMPDIR": str(sockets),
        "TF_PLUGIN_CACHE_DIR": str(folder / "plugins"),
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
        "AWS_CONFIG_FILE": empty,
        "AWS_SHARED_CREDENTIALS_FILE": empty,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "GOGC": "400",  # a quarter less time in plugins, which mostly read their own schemas, for some 50 MB
    }


def closed(environment: Mapping[str, str], url: str) -> dict[str, str]:
    """Return the environment with the emulator as the only AWS, and as the proxy that turns all else away."""
    made = {**environment, ADDRESS: url, **dict.fromkeys(_WAYS_OUT, url)}
    made |= dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(LOOPBACK))
    check(made, url)
    return made


def check(environment: Mapping[str, str], url: str) -> None:
    """Refuse surroundings from which an AWS service, or anything else outside, could be reached."""
    if urlsplit(url).hostname not in LOOPBACK:
        raise EksclaveError(f"the emulator's address '{url}' is not loopback")
    for name in (ADDRESS, *_WAYS_OUT):
        if environment.get(name) != url:
            raise EksclaveError(f"{name} is '{environment.get(name, '')}' and not the emulator's address; not starting")
    astray = sorted(name for name in environment if name.startswith(_OTHERS))
    if astray:
        raise EksclaveError(f"{', '.join(astray)} could lead past the emulator; not starting")
    if environment.get("AWS_ACCESS_KEY_ID") != KEY_ID or environment.get("AWS_EC2_METADATA_DISABLED") != "true":
        raise EksclaveError("credentials other than the rehearsal's own could be found; not starting")

"""Who we are at a registry: the usual Docker config, its credential helpers, and ECR's short-lived token."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from eksclave.catalog.images import DOCKER_HUB
from eksclave.catalog.partitions import PARTITIONS
from eksclave.errors import EksclaveError, ToolError

HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io", "docker.io")
RENEW_BEFORE_SECONDS = 600


@dataclass(frozen=True)
class Login:
    """A name and a secret. The secret is never part of its spelling."""

    username: str
    secret: str = field(repr=False)
    expires: float = field(default=float("inf"), repr=False)

    @property
    def basic(self) -> str:
        """The value of a Basic authorization header, and of `auth` in a Docker config."""
        return base64.b64encode(f"{self.username}:{self.secret}".encode()).decode()


class Logins:
    """Finds a login per registry host once, keeps it until shortly before it expires, and asks again when told."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = dict(os.environ if environ is None else environ)
        self._found: dict[str, Login | None] = {}
        self._lock = threading.Lock()

    def find(self, host: str) -> Login | None:
        """Return the login for `host`, or None: then the registry is asked without one."""
        with self._lock:
            known = self._found.get(host)
            if host not in self._found or (known and known.expires - RENEW_BEFORE_SECONDS < time.time()):
                self._found[host] = known = self._ask(host)
            return known

    def renew(self, host: str, refused: Login | None) -> Login | None:
        """Return a newer login than the `refused` one; another thread may have fetched it already."""
        with self._lock:
            if self._found.get(host) == refused:
                self._found[host] = self._ask(host)
            return self._found.get(host)

    def secrets(self) -> frozenset[str]:
        """Every secret seen so far, to be blotted out of whatever a tool says."""
        with self._lock:
            logins = [login for login in self._found.values() if login]
        return frozenset(text for login in logins for text in (login.secret, login.basic) if text)

    def _ask(self, host: str) -> Login | None:
        place = ecr_place(host)
        login = ecr_login(*place) if place else None
        return login or docker_login(host, self._environ)


def ecr_place(host: str) -> tuple[str, str] | None:
    """Return account and Region of an ECR private registry host, or None for any other host.

    ECR user guide, "Private registry": ACCOUNT.dkr.ecr[-fips].REGION.SUFFIX, ACCOUNT.dkr-ecr[-fips].REGION.on.aws for
    dual-stack. The suffix must be one of AWS's own: an AWS token is sent to nobody else.
    """
    suffixes = "|".join(re.escape(suffix) for suffix in sorted({p.dns_suffix for p in PARTITIONS} | {"on.aws"}))
    match = re.fullmatch(rf"(\d{{12}})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:{suffixes})", host)
    return (match[1], match[2]) if match else None


def ecr_login(account: str, region: str) -> Login | None:
    """Return ECR's token (12 hours) through boto3, or None where boto3 or AWS credentials are missing."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return None
    try:
        client: Any = boto3.client("ecr", region_name=region)  # pyright: ignore[reportUnknownMemberType]
        given = client.get_authorization_token()["authorizationData"][0]
    except (BotoCoreError, ClientError) as error:
        if type(error).__name__ == "NoCredentialsError":
            return None
        raise EksclaveError(
            f"no ECR token for account {account} in {region}: {error}",
            "check the AWS credentials (`aws sts get-caller-identity`) and ecr:GetAuthorizationToken",
        ) from error
    username, _, secret = base64.b64decode(given["authorizationToken"]).decode().partition(":")
    return Login(username, secret, given["expiresAt"].timestamp())


def docker_login(host: str, environ: Mapping[str, str]) -> Login | None:
    """Return the login that `docker login`, `podman login` or a credential helper left for `host`, or None."""
    keys = HUB_KEYS if host == DOCKER_HUB else (host, f"https://{host}", f"https://{host}/v2/", f"https://{host}/v1/")
    for path, config in _configs(environ):
        helpers, auths = _table(config, "credHelpers", path), _table(config, "auths", path)
        helper = next((helpers[k] for k in keys if k in helpers), None)
        login = _from_helper(helper, keys[0], environ, path) if helper else None
        login = login or next((_from_auth(_table(auths, k, path), k, path) for k in keys if k in auths), None)
        if not login and config.get("credsStore"):
            login = _from_helper(config["credsStore"], keys[0], environ, path)
        if login:
            return login
    return None


def _configs(environ: Mapping[str, str]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each config that is there: containers-auth.json(5) names the first three places, Docker the last."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    home = Path(environ.get("HOME", "~")).expanduser()
    settings = environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    docker = environ.get("DOCKER_CONFIG") or str(home / ".docker")
    places = [environ.get("REGISTRY_AUTH_FILE"), f"{runtime}/containers/auth.json" if runtime else None]
    places.append(f"{settings}/containers/auth.json")
    for place in [*places, f"{docker}/config.json"]:
        path = Path(place) if place else None
        if path and path.exists():
            try:
                read = json.loads(path.read_text(encoding="utf-8") or "{}")
            except json.JSONDecodeError as error:
                said = f"not JSON: line {error.lineno}"  # the text itself may be a secret
                raise _damaged(said, path) from error
            except (OSError, ValueError) as error:
                raise EksclaveError("cannot be read", "check its owner and mode", str(path)) from error
            if not isinstance(read, dict):
                raise _damaged("not a JSON object", path)
            yield path, cast(dict[str, Any], read)


def _table(config: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    """Return an object of a config, empty where there is none."""
    found = config.get(key)
    if found is not None and not isinstance(found, dict):
        raise _damaged(f"{key} is not an object", path)
    return cast(dict[str, Any], found or {})


def _from_auth(entry: Mapping[str, Any], key: str, path: Path) -> Login | None:
    """Return the login of an entry; an empty one means that a helper keeps it."""
    token, auth = entry.get("identitytoken"), entry.get("auth")
    if token and isinstance(token, str):
        return Login("<token>", token)
    if not auth:
        return None
    username = colon = secret = ""
    with suppress(binascii.Error, TypeError, ValueError):  # UnicodeDecodeError is a ValueError
        username, colon, secret = base64.b64decode(auth, validate=True).decode().partition(":")
    if not colon:
        raise _damaged(f"auth of '{key}' is not the Base64 of NAME:SECRET", path)
    return Login(username, secret.strip("\0"))


def _damaged(said: str, path: Path) -> EksclaveError:
    return EksclaveError(said, "repair it, or log in again", str(path))


def _from_helper(helper: Any, key: str, environ: Mapping[str, str], path: Path) -> Login | None:
    """Ask `docker-credential-HELPER get`, the protocol of docker/docker-credential-helpers."""
    if not isinstance(helper, str) or not re.fullmatch(r"[\w.-]+", helper):
        raise _damaged(f"{helper!r} is not the name of a credential helper", path)
    try:
        told = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=key,
            env=dict(environ),
            capture_output=True,
            text=True,
            timeout=60,
        )
    except FileNotFoundError as error:
        raise ToolError(
            f"the Docker config names docker-credential-{helper}, which is not on PATH", "install it"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"docker-credential-{helper} gave no answer within 60 s", "try it by hand") from error
    if told.returncode:
        return None
    try:
        given = json.loads(told.stdout)
        return Login(str(given["Username"]), str(given["Secret"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(
            f"docker-credential-{helper} answered something that is not a credential", "try it by hand"
        ) from error


@contextmanager
def authfile(logins: Logins, hosts: Iterable[str]) -> Generator[tuple[str, tuple[int, ...]]]:
    """Give a file with the logins for `hosts` to a child: its path there, and the descriptors to pass on.

    On Linux it is memory without a name, which dies with us: no secret lies on a disk or on a command line, even after
    a kill. Elsewhere it is a file that only we may read.
    """
    auths: dict[str, dict[str, str]] = {}
    for host in sorted(set(hosts)):
        login = logins.find(host)
        if login and login.username == "<token>":
            auths[host] = {"auth": base64.b64encode(b"<token>:").decode(), "identitytoken": login.secret}
        elif login:
            auths[host] = {"auth": login.basic}
    content = json.dumps({"auths": auths}).encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("eksclave-auth")
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="eksclave-auth-") as folder:
        path = Path(folder) / "auth.json"
        path.touch(0o600)
        path.write_bytes(content)
        yield str(path), ()

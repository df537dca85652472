"""A registry over HTTP: what the OCI distribution specification lets us ask, and the one thing we write, a manifest.

Blobs are moved by skopeo, never by us: here are only the small questions that lock, verify and tag need.
"""

from __future__ import annotations

import hashlib
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from eksclave.catalog.images import DOCKER_HUB, is_digest
from eksclave.errors import EksclaveError
from eksclave.images.credentials import Login, Logins
from eksclave.images.patience import Patience, transient

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
MAX_MANIFEST = 4 * 1024 * 1024


class RegistryError(EksclaveError):
    """A registry said no. `status` is its HTTP status, 0 where it could not be reached; `retry_after` the seconds that
    it asked to wait."""

    retry_after: float = 0.0

    def __init__(self, said: str, status: int, fix: str = "", where: str = "") -> None:
        super().__init__(said, fix, where)
        self.status = status


@dataclass(frozen=True)
class Manifest:
    """The bytes of a manifest or index, with their type and digest."""

    media_type: str
    digest: str
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        """The JSON in it."""
        return json.loads(self.body)

    @property
    def is_index(self) -> bool:
        """Whether it lists manifests, one per platform."""
        return self.media_type in INDEX_TYPES

    @property
    def children(self) -> tuple[dict[str, Any], ...]:
        """The descriptors of the manifests that an index lists."""
        return tuple(self.content.get("manifests", ())) if self.is_index else ()

    @property
    def blobs(self) -> tuple[dict[str, Any], ...]:
        """The descriptors of config and layers that this registry must hold (foreign layers stay with their owner)."""
        content = self.content
        held = [content["config"], *content.get("layers", ())] if "config" in content else []
        return tuple(b for b in held if "foreign" not in b["mediaType"] and "nondistributable" not in b["mediaType"])


class Registry:
    """One registry host. Every question is repeated with patience on 429, 5xx and broken connections."""

    def __init__(self, host: str, logins: Logins, patience: Patience | None = None, plain: bool | None = None) -> None:
        import urllib3

        self.host, self._logins, self._patience = host, logins, patience or Patience()
        self.plain = is_loopback(host) if plain is None else plain
        scheme = "http" if self.plain else "https"
        self._base = f"{scheme}://{'registry-1.docker.io' if host == DOCKER_HUB else host}/v2"
        self._tokens: dict[str, tuple[str, Login | None]] = {}
        proxy = urllib.request.getproxies().get(scheme)
        bypass = urllib.request.proxy_bypass(host.partition(":")[0])
        only_redirects = urllib3.Retry(total=None, connect=0, read=0, redirect=3, status=0, other=0)
        timeout = urllib3.Timeout(connect=10, read=60)
        options: dict[str, Any] = {"maxsize": 16, "retries": only_redirects, "timeout": timeout}
        self._pool = urllib3.ProxyManager(proxy, **options) if proxy and not bypass else urllib3.PoolManager(**options)

    def manifest(self, repository: str, reference: str) -> Manifest:
        """Return the manifest, with its digest computed from the bytes; other bytes than asked for are refused."""
        where = self._spell(repository, reference)
        answer = self._ask("GET", repository, f"manifests/{reference}", where)
        body: bytes = answer.data
        algorithm = reference.partition(":")[0] if is_digest(reference) else "sha256"
        digest = f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"
        if is_digest(reference) and digest != reference:
            raise RegistryError(f"the registry gave {digest} for {reference}", 200, "the content is corrupt", where)
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        try:
            content = json.loads(body)
            media_type = content.get("mediaType") or media_type
        except (ValueError, AttributeError):
            raise RegistryError("the registry gave a manifest that is not JSON", 200, "", where) from None
        if media_type not in (*INDEX_TYPES, *MANIFEST_TYPES):
            raise RegistryError(
                f"manifest type '{media_type}' is not supported", 200, "rebuild or retag the image", where
            )
        return Manifest(media_type, digest, body)

    def digest_or_none(self, repository: str, reference: str) -> str | None:
        """Return the digest behind a tag (or digest), or None where there is no such manifest."""
        try:
            answer = self._ask("HEAD", repository, f"manifests/{reference}", self._spell(repository, reference))
            return answer.headers.get("Docker-Content-Digest") or self.manifest(repository, reference).digest
        except RegistryError as error:
            if error.status == 404:
                return None
            raise

    def blob_size_or_none(self, repository: str, digest: str) -> int | None:
        """Return how many bytes the registry holds for this blob (-1: it does not say), or None where it has none.

        A redirect to the storage behind (ECR's is S3) says that the blob is there; it is not followed.
        """
        try:
            answer = self._ask("HEAD", repository, f"blobs/{digest}", self._spell(repository, digest))
        except RegistryError as error:
            if error.status == 404:
                return None
            raise
        return int(answer.headers.get("Content-Length", -1)) if answer.status == 200 else -1

    def small_blob(self, repository: str, digest: str) -> bytes:
        """Return a blob that fits in memory, such as a config, checked against its digest."""
        where = self._spell(repository, digest)
        body: bytes = self._ask("GET", repository, f"blobs/{digest}", where).data
        if hashlib.new(digest.partition(":")[0], body).hexdigest() != digest.partition(":")[2]:
            raise RegistryError("the blob's bytes are not those of its digest", 200, "the content is corrupt", where)
        return body

    def put_manifest(self, repository: str, reference: str, manifest: Manifest) -> None:
        """Store these bytes under a tag or their digest."""
        headers = {"Content-Type": manifest.media_type}
        where = self._spell(repository, reference)
        self._ask("PUT", repository, f"manifests/{reference}", where, headers, manifest.body)

    def referrers(self, repository: str, digest: str) -> tuple[dict[str, Any], ...]:
        """Return what is attached to `digest`: by the referrers API, or the tag that stands in for it (OCI 1.1)."""
        where = self._spell(repository, digest)
        try:
            listed = json.loads(self._ask("GET", repository, f"referrers/{digest}", where).data)
        except RegistryError as error:
            if error.status not in (400, 403, 404, 405, 501):
                raise
            tag = digest.replace(":", "-")
            if self.digest_or_none(repository, tag) is None:
                return ()
            listed = self.manifest(repository, tag).content
        except ValueError:
            return ()
        rows = listed.get("manifests") or () if isinstance(listed, dict) else ()
        return tuple(row for row in rows if row.get("mediaType") in (*INDEX_TYPES, *MANIFEST_TYPES))

    def _spell(self, repository: str, reference: str) -> str:
        return f"{self.host}/{repository}{'@' if is_digest(reference) else ':'}{reference}"

    def _ask(
        self,
        verb: str,
        repository: str,
        path: str,
        where: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Any:
        def once() -> Any:
            return self._once(verb, repository, path, where, headers or {}, body)

        return self._patience.call(once, self.host, _is_transient)

    def _once(self, verb: str, repository: str, path: str, where: str, headers: dict[str, str], body: bytes) -> Any:
        import urllib3

        accept = {"Accept": ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))}
        scope = f"repository:{repository}:{'pull,push' if verb == 'PUT' else 'pull'}"
        answer: Any = None
        for attempt in range(3):
            token, used = self._tokens.get(scope, ("", None))
            given = {"Authorization": token} if token else {}
            try:
                answer = self._pool.request(
                    verb,
                    f"{self._base}/{repository}/{path}",
                    body=body or None,
                    headers={**accept, **headers, **given},
                    redirect=verb == "GET",
                )
            except urllib3.exceptions.HTTPError as error:
                raise RegistryError(
                    f"not reached: {type(error).__name__}", 0, "check network and proxy", where
                ) from error
            if answer.status != 401 or attempt == 2:
                break
            login = self._logins.renew(self.host, used) if token else self._logins.find(self.host)
            challenge = answer.headers.get("WWW-Authenticate", "")
            self._tokens[scope] = (self._authorize(challenge, scope, login, where), login)
        if answer.status >= 400:
            raise _refusal(answer, where)
        return answer

    def _authorize(self, challenge: str, scope: str, login: Login | None, where: str) -> str:
        """Return the Authorization header that a 401's challenge asks for (RFC 7235; Docker's token specification)."""
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "basic":
            if login is None:
                raise RegistryError("needs a login", 401, f"run `docker login {self.host}`", where)
            return f"Basic {login.basic}"
        asked = {k: v.strip('"') for k, _, v in (part.strip().partition("=") for part in _commas(rest))}
        if kind.lower() != "bearer" or "realm" not in asked:
            raise RegistryError(f"asks for a login in a way that is not known: {kind}", 401, "", where)
        if not asked["realm"].startswith("https://") and not self.plain:
            raise RegistryError("wants its password sent over plain HTTP", 401, "", where)
        query = {"service": asked.get("service", ""), "scope": asked.get("scope", scope)}
        if login and login.username == "<token>":
            form = urllib.parse.urlencode(
                {**query, "grant_type": "refresh_token", "refresh_token": login.secret, "client_id": "eksclave"}
            )
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer: Any = self._pool.request("POST", asked["realm"], body=form, headers=headers)
        else:
            headers = {"Authorization": f"Basic {login.basic}"} if login else {}
            answer = self._pool.request("GET", f"{asked['realm']}?{urllib.parse.urlencode(query)}", headers=headers)
        if answer.status != 200:
            raise _refusal(answer, where)
        given = json.loads(answer.data)
        return f"Bearer {given.get('token') or given['access_token']}"


def is_loopback(host: str) -> bool:
    """Whether a registry host is this machine: then, as with Docker, plain HTTP is spoken to it."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name in ("localhost", "[::1]") or name.startswith("127.")


def _commas(text: str) -> list[str]:
    """Split at commas outside quotes."""
    parts, quoted = [""], False
    for letter in text:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _is_transient(error: Exception) -> float | None:
    """Return how long to wait at least before asking again, or None where asking again cannot help."""
    if isinstance(error, RegistryError) and transient(error.status):
        return error.retry_after
    return None


def _refusal(answer: Any, where: str) -> RegistryError:
    told = ""
    try:
        errors = json.loads(answer.data or b"{}").get("errors") or [{}]
        told = f"{errors[0].get('code', '')} {errors[0].get('message', '')}".strip()
    except (ValueError, AttributeError, IndexError, TypeError):
        pass
    fix = {401: "log in again", 403: "the login may not do this", 404: "check name and tag", 429: "rate limit"}
    said = f"the registry answered {answer.status}" + (f" ({told})" if told else "")
    error = RegistryError(said, answer.status, fix.get(answer.status, ""), where)
    after = answer.headers.get("Retry-After", "")
    error.retry_after = min(float(after), 300.0) if after.isdigit() else 0.0
    return error

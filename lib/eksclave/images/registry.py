"""A registry over HTTP: what the OCI distribution specification lets us ask, and the one thing we write, a manifest.

Blobs are moved by skopeo, never by us: here are only the small questions that lock, verify and tag need. Nothing is
believed that can be computed: the digest of what was read is always that of its bytes.
"""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eksclave.catalog.images import DOCKER_HUB, is_digest
from eksclave.errors import EksclaveError, ToolError
from eksclave.images.credentials import Login, Logins, ecr_place
from eksclave.images.hosts import is_loopback, reason
from eksclave.images.manifest import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    MAX_MANIFEST,
    BadManifest,
    Manifest,
    read_manifest,
)
from eksclave.images.patience import Patience, transient
from eksclave.images.referrers import listed_in, manifests_of, next_page
from eksclave.images.spoken import blot, tame
from eksclave.images.tokens import Refused, authorize

ACCEPT = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
MAX_PAGES = 50
"""Of one list of referrers; each page holds many."""
FIXES = {401: "log in again", 403: "the login may not do this", 404: "check name and tag", 429: "log in, or wait"}
FIRST_TRIES = 3
"""How often a host is called that never answered: its name is more likely wrong than its network slow."""


class RegistryError(EksclaveError):
    """A registry said no. `status` is its HTTP status, 0 where it could not be reached; `retry_after` the seconds that
    it asked to wait."""

    retry_after: float = 0.0

    def __init__(self, said: str, status: int, fix: str = "", where: str = "") -> None:
        super().__init__(said, fix, where)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, and of the body no more than a manifest may be long."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Registry:
    """One registry host. Every question is repeated with patience on 429, 5xx and broken connections."""

    def __init__(self, host: str, logins: Logins, patience: Patience | None = None, plain: bool | None = None) -> None:
        try:
            import urllib3
        except ImportError as error:
            raise ToolError("urllib3 is not installed", "pip install 'eksclave[images]'") from error
        self.host, self._logins, self._patience = host, logins, patience or Patience()
        self.plain = is_loopback(host) if plain is None else plain
        scheme = "http" if self.plain else "https"
        self._base = f"{scheme}://{'registry-1.docker.io' if host == DOCKER_HUB else host}"
        self._tokens: dict[str, tuple[str, Login | None]] = {}
        self._calls_in_vain = 0
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
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        try:
            return read_manifest(answer.body, media_type, reference if is_digest(reference) else "")
        except BadManifest as error:
            raise RegistryError(error.said, 200, error.fix, where) from None

    def digest_or_none(self, repository: str, reference: str) -> str | None:
        """Return the digest that the registry says a tag (or digest) has, or None where there is no such manifest.

        It is the registry's word: good for a quick question, never for a last one.
        """
        try:
            answer = self._ask("HEAD", repository, f"manifests/{reference}", self._spell(repository, reference))
        except RegistryError as error:
            if error.status == 404:
                return None
            raise
        told = answer.headers.get("Docker-Content-Digest", "")
        return told if is_digest(told) else self.manifest(repository, reference).digest

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
        size = answer.headers.get("Content-Length", "")
        return int(size) if answer.status == 200 and size.isdigit() else -1

    def small_blob(self, repository: str, digest: str) -> bytes:
        """Return a blob that fits in memory, such as a config, checked against its digest."""
        where = self._spell(repository, digest)
        body = self._ask("GET", repository, f"blobs/{digest}", where).body
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
        path, rows = f"referrers/{digest}", list[Any]()
        for _ in range(MAX_PAGES):
            try:
                answer = self._ask("GET", repository, path, where)
                listed: Any = json.loads(answer.body)
            except RegistryError as error:
                if error.status not in (400, 403, 404, 405, 501) or rows:
                    raise
                return self._referrers_by_tag(repository, digest)
            except (ValueError, RecursionError):
                break
            rows += listed_in(listed)
            path = next_page(answer.headers.get("Link", ""), repository)
            if not path:
                break
        return manifests_of(rows)

    def _referrers_by_tag(self, repository: str, digest: str) -> tuple[dict[str, Any], ...]:
        tag = digest.replace(":", "-")
        if self.digest_or_none(repository, tag) is None:
            return ()
        return manifests_of(listed_in(self.manifest(repository, tag).content))

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
    ) -> Answer:
        def once() -> Answer:
            return self._once(verb, repository, path, where, headers or {}, body)

        return self._patience.call(once, self.host, self._wait_for)

    def _wait_for(self, error: Exception) -> float | None:
        """Return how long to wait at least before asking again, or None where asking again cannot help."""
        if not isinstance(error, RegistryError) or not transient(error.status):
            return None
        return None if self._calls_in_vain >= FIRST_TRIES else error.retry_after

    def _once(self, verb: str, repository: str, path: str, where: str, headers: dict[str, str], body: bytes) -> Answer:
        scope = f"repository:{repository}:{'pull,push' if verb == 'PUT' else 'pull'}"
        answer = Answer(0, {}, b"")
        for attempt in range(3):
            token, used = self._tokens.get(scope, ("", None))
            given = {"Authorization": token} if token else {}
            answer = self._send(verb, f"/v2/{repository}/{path}", where, {"Accept": ACCEPT, **headers, **given}, body)
            if answer.status != 401 or attempt == 2:
                break
            login = self._logins.renew(self.host, used) if token else self._logins.find(self.host)
            challenge = answer.headers.get("WWW-Authenticate", "")
            try:
                self._tokens[scope] = authorize(self._pool, self.host, challenge, scope, login, self.plain), login
            except Refused as error:
                if error.answer is None:
                    raise RegistryError(self._safe(error.said), error.status, error.fix, where) from error
                refusal = Answer(error.status, error.answer.headers, error.answer.data)
                raise self._refusal(refusal, where, "the token server") from error
        if answer.status >= 400:
            raise self._refusal(answer, where)
        return answer

    def _send(self, verb: str, path: str, where: str, headers: dict[str, str], body: bytes) -> Answer:
        import urllib3

        try:
            answer: Any = self._pool.request(
                verb,
                f"{self._base}{path}",
                body=body or None,
                headers=headers,
                redirect=verb == "GET",
                preload_content=False,
            )
            try:
                read = b"" if verb == "HEAD" else answer.read(MAX_MANIFEST + 1)
                if len(read) > MAX_MANIFEST:
                    answer.close()
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if self._calls_in_vain >= 0:
                self._calls_in_vain += 1
            raise RegistryError(f"{self.host} was not reached: {reason(error)}", 0, self._reach(), where) from error
        self._calls_in_vain = -1
        return Answer(answer.status, answer.headers, read)

    def _reach(self) -> str:
        if ecr_place(self.host):
            return "check network and proxy; --registry names another mirror"
        return "check name, network and proxy"

    def _safe(self, text: str) -> str:
        return tame(blot(text, self._logins.secrets()))

    def _refusal(self, answer: Answer, where: str, who: str = "the registry") -> RegistryError:
        told = ""
        try:
            first = (json.loads(answer.body or b"{}").get("errors") or [{}])[0]
            told = self._safe(f"{first.get('code', '')} {first.get('message', '')}".strip())
        except (ValueError, AttributeError, LookupError, TypeError, RecursionError):
            pass
        said = f"{who} answered {answer.status}" + (f" ({told})" if told else "")
        error = RegistryError(said, answer.status, FIXES.get(answer.status, ""), where)
        after = answer.headers.get("Retry-After", "")
        error.retry_after = min(float(after), 300.0) if after.isdecimal() else 0.0
        return error

"""Real registries on loopback (Debian's docker-registry), images made here, and a proxy that misbehaves on order."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from eksclave.catalog.images import CanonicalImage
from eksclave.images.copier import find_copier
from eksclave.images.copy import Copy, Outcome, Upstream
from eksclave.images.credentials import Logins
from eksclave.images.kinds import Home
from eksclave.images.lockfile import Lock
from eksclave.images.locktext import write
from eksclave.images.patience import Patience
from eksclave.images.resolve import lock
from eksclave.images.session import Session

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
INDEXES = {OCI + "index.v1+json", DOCKER + "distribution.manifest.list.v2+json"}
ACCEPT = ", ".join([*INDEXES, OCI + "manifest.v1+json", DOCKER + "distribution.manifest.v2+json"])
TOOLS = ("skopeo", "docker-registry")


def digest_of(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    gone = [tool for tool in TOOLS if not shutil.which(tool)]
    if gone and os.environ.get("CI"):
        pytest.fail(f"{', '.join(gone)} not on PATH; CI installs them with apt-get")
    if gone:
        pytest.skip(f"{', '.join(gone)} not on PATH (apt-get install skopeo docker-registry)")


class Server:
    """One docker-registry process."""

    def __init__(self, folder: Path, extra: str = "", port: int = 0, limit_file_bytes: int = 0) -> None:
        self.storage = folder / "data"
        self.port = port or free_port()
        self.host = f"127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.yml"
        self.config.write_text(
            "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {self.storage}}}, delete: {{enabled: true}}}}\n"
            f"http: {{addr: {self.host}, relativeurls: true}}\n{extra}"
        )
        self._log = (folder / "log").open("ab")
        command = ["docker-registry", "serve", str(self.config)]
        if limit_file_bytes:
            command = ["sh", "-c", f'ulimit -f {limit_file_bytes // 512}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        for _ in range(200):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://{self.host}/v2/").close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"docker-registry did not start: {(folder / 'log').read_text()}")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()

    def ask(self, verb: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, dict[str, str], bytes]:
        headers = {"Accept": ACCEPT, **({"Content-Type": kind} if kind else {})}
        url = path if path.startswith("http") else f"http://{self.host}/v2/{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=verb)) as told:
                return told.status, dict(told.headers), told.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def push_blob(self, repository: str, body: bytes) -> dict[str, Any]:
        _, headers, _ = self.ask("POST", f"{repository}/blobs/uploads/", b"")
        place = headers["Location"]
        place = place if place.startswith("http") else f"http://{self.host}{place}"
        status, _, said = self.ask("PUT", f"{place}&digest={digest_of(body)}", body, "application/octet-stream")
        assert status == 201, said
        return {"digest": digest_of(body), "size": len(body)}

    def push(self, repository: str, reference: str, content: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(content).encode()
        reference = reference or digest_of(body)
        status, _, said = self.ask("PUT", f"{repository}/manifests/{reference}", body, content["mediaType"])
        assert status == 201, said
        return {"mediaType": content["mediaType"], "digest": digest_of(body), "size": len(body)}

    def push_single(self, repository: str, tag: str, arch: str, body: bytes, docker: bool = False) -> dict[str, Any]:
        kind = DOCKER + "container.image.v1+json" if docker else OCI + "config.v1+json"
        layer = DOCKER + "image.rootfs.diff.tar.gzip" if docker else OCI + "layer.v1.tar+gzip"
        config = {"architecture": arch, "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
        config_blob = self.push_blob(repository, json.dumps({**config, "for": f"{repository}:{tag}"}).encode())
        media_type = DOCKER + "distribution.manifest.v2+json" if docker else OCI + "manifest.v1+json"
        content = {
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": {"mediaType": kind, **config_blob},
            "layers": [{"mediaType": layer, **self.push_blob(repository, body)}],
        }
        return self.push(repository, tag, content)

    def push_image(
        self,
        repository: str,
        tag: str,
        archs: tuple[str, ...] = ("amd64", "arm64"),
        docker: bool = False,
        size: int = 64,
    ) -> str:
        """Push an index with one tiny image per architecture; return its digest."""
        children: list[dict[str, Any]] = []
        for arch in archs:
            body = random.Random(f"{repository}:{tag}:{arch}").randbytes(size)
            child = self.push_single(repository, "", arch, body, docker)
            children.append({**child, "platform": {"os": "linux", "architecture": arch}})
        kind = DOCKER + "distribution.manifest.list.v2+json" if docker else OCI + "index.v1+json"
        return self.push(repository, tag, {"schemaVersion": 2, "mediaType": kind, "manifests": children})["digest"]

    def push_signature(self, repository: str, digest: str) -> str:
        """Push what `cosign sign` leaves: a manifest under a tag made of the digest."""
        payload = json.dumps({"critical": {"image": {"docker-manifest-digest": digest}}}).encode()
        layer = {"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", **self.push_blob(repository, payload)}
        config = {"mediaType": OCI + "config.v1+json", **self.push_blob(repository, b"{}")}
        content = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config, "layers": [layer]}
        return self.push(repository, digest.replace(":", "-") + ".sig", content)["digest"]

    def push_referrer(self, repository: str, subject: str, kind: str = "application/spdx+json") -> str:
        """Push an SBOM with a subject, listed in the tag that stands in for the referrers API."""
        status, _, body = self.ask("GET", f"{repository}/manifests/{subject}")
        assert status == 200
        empty = {"mediaType": "application/vnd.oci.empty.v1+json", **self.push_blob(repository, b"{}")}
        layer = {"mediaType": kind, **self.push_blob(repository, json.dumps({"about": subject}).encode())}
        content = {
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "artifactType": kind,
            "config": empty,
            "layers": [layer],
            "subject": {"mediaType": json.loads(body)["mediaType"], "digest": subject, "size": len(body)},
        }
        pushed = self.push(repository, "", content)
        index = {
            "schemaVersion": 2,
            "mediaType": OCI + "index.v1+json",
            "manifests": [{**pushed, "artifactType": kind}],
        }
        self.push(repository, subject.replace(":", "-"), index)
        return pushed["digest"]

    def blob_path(self, digest: str) -> Path:
        mark = digest.partition(":")[2]
        return self.storage / "docker/registry/v2/blobs/sha256" / mark[:2] / mark / "data"

    def tags(self, repository: str) -> list[str]:
        status, _, body = self.ask("GET", f"{repository}/tags/list")
        return sorted(json.loads(body).get("tags") or []) if status == 200 else []

    def repositories(self) -> list[str]:
        return json.loads(self.ask("GET", "_catalog?n=1000")[2])["repositories"]

    def lacks(self, repository: str, reference: str) -> list[str]:
        """Say what is missing below a reference: every blob is read and hashed. The tests' own oracle."""
        status, _, body = self.ask("GET", f"{repository}/manifests/{reference}")
        if status != 200:
            return [f"manifest {reference}"]
        if reference.startswith("sha256:") and digest_of(body) != reference:
            return [f"corrupt {reference}"]
        content = json.loads(body)
        gone = [g for child in content.get("manifests", ()) for g in self.lacks(repository, child["digest"])]
        for blob in [content["config"], *content["layers"]] if "config" in content else []:
            status, _, body = self.ask("GET", f"{repository}/blobs/{blob['digest']}")
            if status != 200 or digest_of(body) != blob["digest"]:
                gone.append(f"blob {blob['digest']}")
        return gone

    def incomplete_tags(self) -> list[str]:
        return [f"{r}:{t}" for r in self.repositories() for t in self.tags(r) if self.lacks(r, t)]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    """Passes everything to a registry, unless `trouble` says otherwise.

    `trouble(verb, path, headers)` returns None, an HTTP status (or one with headers and a body), or seconds to dawdle.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.trouble: Callable[[str, str, Any], Any] = lambda verb, path, headers: None
        self.seen: list[tuple[float, str, str]] = []
        self.refused: list[int] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None: ...

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                chunked = self.headers.get("Transfer-Encoding") == "chunked"
                body = self._chunks() if chunked else self.rfile.read(length)
                proxy.seen.append((time.monotonic(), self.command, self.path))
                told = proxy.trouble(self.command, self.path, self.headers)
                if isinstance(told, float):
                    time.sleep(told)
                elif told is not None:
                    status, headers, *given = told if isinstance(told, tuple) else (told, {})
                    proxy.refused.append(status)
                    if given:
                        self._answer(status, headers, given[0])
                        return
                    code = {401: "UNAUTHORIZED", 429: "TOOMANYREQUESTS"}.get(status, "UNKNOWN")
                    self._answer(status, headers, json.dumps({"errors": [{"code": code, "message": "no"}]}).encode())
                    return
                connection = http.client.HTTPConnection(proxy.upstream, timeout=60)
                skipped = {"host", "connection", "authorization", "transfer-encoding", "content-length"}
                connection.putrequest(self.command, self.path, skip_accept_encoding=True)
                for key, value in self.headers.items():
                    if key.lower() not in skipped:
                        connection.putheader(key, value)
                if self.command in ("POST", "PUT", "PATCH"):
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                answer = connection.getresponse()
                given = answer.read()
                hop = {"connection", "transfer-encoding", "keep-alive", "date"}
                headers = {k: v for k, v in answer.getheaders() if k.lower() not in hop}
                connection.close()
                self._answer(answer.status, headers, given)

            def _chunks(self) -> bytes:
                parts: list[bytes] = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                if not any(key.lower() == "content-length" for key in headers) and status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _any

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None: ...

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start registries that end with the test."""
    started: list[Server] = []

    def start(name: str, extra: str = "", folder: Path | None = None, **options: Any) -> Server:
        started.append(Server(folder or tmp_path / name, extra, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def upstream(serve: Callable[..., Server]) -> Server:
    """Return the registry that images come from."""
    return serve("upstream")


@pytest.fixture
def mirror(serve: Callable[..., Server]) -> Server:
    """Return the registry that images are copied to."""
    return serve("mirror")


@pytest.fixture
def proxy_of() -> Iterator[Callable[[Server], Proxy]]:
    """Start proxies that end with the test."""
    started: list[Proxy] = []

    def start(server: Server) -> Proxy:
        started.append(Proxy(server.host))
        return started[-1]

    yield start
    for proxy in started:
        proxy.stop()


_HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""What runs in the background of a script, such as these tests may, ignores Ctrl-C from its start."""


class Work:
    """What most tests do: lock, copy in this process, or run the command in another."""

    home = Home("111122223333", "eu-central-1", "mirror")

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def session(self, environ: dict[str, str] | None = None, attempts: int = 12) -> Session:
        return Session(Logins(environ or {}), Patience(attempts, 0.02, 0.3))

    def lock(self, *references: str, platforms: tuple[str, ...] = (), session: Session | None = None) -> Lock:
        images = [CanonicalImage.parse(reference) for reference in references]
        return lock(images, self.home, platforms, (session or self.session()).open)

    def copy(
        self, locked: Lock, host: str, session: Session | None = None, jobs: int = 4, copier: str = "skopeo"
    ) -> tuple[Outcome, ...]:
        session = session or self.session()
        job = Copy(host, find_copier(copier), Upstream(session.open), session.logins, session.open, session.patience)
        return job.all(locked.images, jobs)

    def write(self, locked: Lock) -> Path:
        path = self.folder / "test.images.lock"
        path.write_text(write(locked))
        return path

    def start(
        self, *words: str, env: dict[str, str] | None = None, group: str = "images", **options: Any
    ) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _HEARING + "from eksclave.cli import main; main()", *group.split(), *words]
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **(env or {})}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(command, text=True, env=environ, **pipes)

    def run(self, *words: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        with self.start(*words, env=env) as process:
            out, err = process.communicate(timeout=300)
            return process.returncode, out, err

    def run_command(self, *words: str) -> tuple[int, str, str]:
        with self.start(*words, group="") as process:
            out, err = process.communicate(timeout=300)
            return process.returncode, out, err

    @staticmethod
    def basic(username: str, secret: str) -> str:
        return base64.b64encode(f"{username}:{secret}".encode()).decode()


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return what most tests do."""
    return Work(tmp_path)

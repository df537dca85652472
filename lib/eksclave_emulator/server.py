"""The server: moto's application behind one lock, every call recorded, and a control path of its own on loopback."""

from __future__ import annotations

import io
import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from .install import install
from .record import Record
from .stalemate import Stalemate

CONTROL = "/_emulator"
"""The control path. No S3 bucket can be called so: bucket names hold no underscore."""

_REMEMBERED = 200
"""Answers kept by the SDK's invocation id: a client that lost one asks again, and nothing is done twice."""


class Emulator:
    """A WSGI application. moto is not safe for threads, so calls are answered one at a time."""

    def __init__(self) -> None:
        install()
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        self.record = Record()
        self.stalemate = Stalemate()
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()
        self.told: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}
        self.stop: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", ""):
            body = environ["wsgi.input"].read()
        if outside := asked_of_a_proxy(str(environ.get("RAW_URI", ""))):
            return self._turned_away(environ, outside, start)
        if environ.get("PATH_INFO", "").startswith(CONTROL):
            return self._control(environ, body, start)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        again = str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))
        with self.lock:
            if again in self.told:
                status, headers, answer = self.told[again]
                start(status, headers)
                return [answer]
            status, headers, answer = self._answer(environ)
            if said := self.stalemate.seen(environ, body, int(status.split()[0]), answer, dict(headers)):
                status, headers, answer = _refusal(environ, "400 BAD REQUEST", "Stalemate", said)
            self.record.add(environ, body, int(status.split()[0]), answer, {k.lower(): v for k, v in headers})
            if again and int(status.split()[0]) < 500:
                self.told[again] = status, headers, answer
                while len(self.told) > _REMEMBERED:
                    self.told.pop(next(iter(self.told)))
        start(status, headers)
        return [answer]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        told: list[Any] = ["500 INTERNAL SERVER ERROR", []]

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers]
            return lambda data: None

        try:
            parts = self.moto(environ, start)
            answer = b"".join(parts)
            getattr(parts, "close", lambda: None)()
            return told[0], told[1], answer
        except NotImplementedError as missing:
            return _refusal(environ, "501 NOT IMPLEMENTED", "EmulatorNotImplemented", str(missing))
        except Exception:  # a fault of moto or ours: the caller hears of it at once instead of retrying
            return _refusal(environ, "500 INTERNAL SERVER ERROR", "EmulatorFault", traceback.format_exc(limit=-2))

    def _turned_away(self, environ: dict[str, Any], outside: str, start: Any) -> Iterable[bytes]:
        """A client that takes us for its proxy wants to leave this machine: refused, and recorded."""
        with self.lock:
            self.record.outside(str(environ.get("REQUEST_METHOD", "")), outside)
        said = f"'{outside}' is not on this machine and is not reached from here".encode()
        start("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
        return [said]

    def _control(self, environ: dict[str, Any], body: bytes, start: Any) -> Iterable[bytes]:
        what = environ["PATH_INFO"][len(CONTROL) :].strip("/")
        with self.lock:
            try:
                status, answer = self._controlled(what, environ, body)
            except Exception:  # told to the rehearsal, which stops
                status, answer = "500 INTERNAL SERVER ERROR", json.dumps({"error": traceback.format_exc(limit=-2)})
        data = answer.encode()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]

    def _controlled(self, what: str, environ: dict[str, Any], body: bytes) -> tuple[str, str]:
        from .inventory import inventory
        from .seed import seed

        if what == "calls":
            return "200 OK", self.record.as_json(int(environ.get("QUERY_STRING") or 0))
        if what == "inventory":
            return "200 OK", json.dumps(inventory())
        if what == "seed":
            return "200 OK", json.dumps(seed(json.loads(body)))
        if what == "stop":
            threading.Thread(target=self.stop, daemon=True).start()
        return ("200 OK" if what in ("", "stop") else "404 NOT FOUND"), "{}"


def asked_of_a_proxy(target: str) -> str:
    """Return the host that a proxy is asked for (RFC 9112, absolute-form and authority-form), or an empty string."""
    if target.startswith("/") or not target:
        return ""
    return urlsplit(target).netloc if "://" in target else target


def _refusal(environ: dict[str, Any], status: str, code: str, said: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """An error that clients read: XML for the query protocols and S3, JSON for the others."""
    from xml.sax.saxutils import escape

    if "json" in environ.get("CONTENT_TYPE", "") or environ.get("HTTP_X_AMZ_TARGET"):
        kind, data = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": said}).encode()
    else:
        error = f"<Error><Code>{code}</Code><Message>{escape(said)}</Message></Error>"
        ec2 = "/ec2/" in environ.get("HTTP_AUTHORIZATION", "")
        text = f"<Response><Errors>{error}</Errors></Response>" if ec2 else f"<ErrorResponse>{error}</ErrorResponse>"
        kind, data = "text/xml", text.encode()
    return status, [("Content-Type", kind), ("x-amzn-ErrorType", code), ("Content-Length", str(len(data)))], data


def serve(host: str, port: int, told: Callable[[int], None]) -> None:
    """Serve until stopped; `told` hears the port once the socket listens."""
    from werkzeug.serving import make_server

    from .connection import Connection

    emulator = Emulator()
    listening = socket.create_server((host, port), backlog=128)
    address: tuple[str, int] = listening.getsockname()
    server = make_server(*address, emulator, threaded=True, request_handler=Connection, fd=listening.detach())
    emulator.stop = server.shutdown
    told(address[1])
    server.serve_forever()

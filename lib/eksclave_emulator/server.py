"""The server: moto's application behind one lock, every call recorded, and a control path of its own on loopback."""

from __future__ import annotations

import io
import json
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from .install import install
from .record import Record

CONTROL = "/_emulator"
"""The control path. No S3 bucket can be called so: bucket names hold no underscore."""


class Emulator:
    """A WSGI application. moto is not safe for threads, so calls are answered one at a time."""

    def __init__(self) -> None:
        install()
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        self.record = Record()
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()
        self.stop: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", ""):
            body = environ["wsgi.input"].read()
        if environ.get("PATH_INFO", "").startswith(CONTROL):
            return self._control(environ, body, start)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        with self.lock:
            status, headers, answer = self._answer(environ)
            self.record.add(environ, body, int(status.split()[0]), answer, {k.lower(): v for k, v in headers})
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
            return _refusal("501 NOT IMPLEMENTED", "EmulatorNotImplemented", str(missing))
        except Exception:  # a fault of moto or ours: the caller hears of it at once instead of retrying
            return _refusal("500 INTERNAL SERVER ERROR", "EmulatorFault", traceback.format_exc(limit=-3))

    def _control(self, environ: dict[str, Any], body: bytes, start: Any) -> Iterable[bytes]:
        from .inventory import inventory
        from .seed import seed

        what = environ["PATH_INFO"][len(CONTROL) :].strip("/")
        status, answer = "200 OK", "{}"
        with self.lock:
            if what == "calls":
                answer = self.record.as_json(int(environ.get("QUERY_STRING") or 0))
            elif what == "inventory":
                answer = json.dumps(inventory())
            elif what == "seed":
                answer = json.dumps(seed(json.loads(body)))
            elif what == "stop":
                threading.Thread(target=self.stop, daemon=True).start()
            elif what != "":
                status = "404 NOT FOUND"
        data = answer.encode()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]


def _refusal(status: str, code: str, said: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """An answer that AWS clients of every protocol read as an error with this code."""
    data = json.dumps({"__type": code, "message": said}).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", code),
        ("Content-Length", str(len(data))),
    ]
    return status, headers, data


def serve(host: str, port: int, told: Callable[[int], None]) -> None:
    """Serve until stopped; `told` hears the port once the socket listens."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:
            """Nothing: the record is the log."""

    emulator = Emulator()
    server = make_server(host, port, emulator, threaded=True, request_handler=Quiet)
    emulator.stop = server.shutdown
    told(server.server_port)
    server.serve_forever()

"""One client connection, kept open between requests: a client that sees it closed after each answer may lose one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler


class Connection(MotoRequestHandler):
    """HTTP/1.1 with keep-alive. The application reads every body whole, so nothing is left to drain."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body leave in one piece: the Terraform provider now and then closes between the two."""

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection as the client asked for it."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers]
            return lambda data: None

        try:
            body = b"".join(self.server.app(self.make_environ(), start))  # type: ignore[attr-defined]
            status, headers = told
            code, _, words = status.partition(" ")
            self.send_response_only(int(code), words)
            for name, value in headers:
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            size = {k.lower(): v for k, v in headers}.get("content-length")
            head = self.command == "HEAD"
            self.send_header("Content-Length", size if head and size else str(len(body)))
            self.end_headers()
            if not head:
                self.wfile.write(body)
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: the record is the log."""

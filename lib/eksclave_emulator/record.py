"""The record: every call that reached the emulator, in order, without its secrets."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

SECRET = re.compile(r"secret|password|token|credential|privatekey|userdata|certificate", re.IGNORECASE)
"""Names of request members whose values are never recorded."""

OUTSIDE = "outside"
"""The service of a call that was for another machine."""

_LONG = 200
_MODEL_NAMES = {"monitoring": "cloudwatch", "elasticloadbalancing": "elbv2", "email": "ses"}
_ERROR = re.compile(rb"<Code>([^<]+)</Code>")
_WORDS = re.compile(rb"<Message>([^<]*)</Message>")


@dataclass(frozen=True)
class Call:
    """One call: when (seconds since the emulator began), what, on what, and how it was answered."""

    at: float
    service: str
    region: str
    action: str
    asked: dict[str, Any]
    status: int
    error: str = ""
    said: str = ""
    client: str = ""


@dataclass
class Record:
    """Calls in the order in which they were answered."""

    began: float = field(default_factory=time.monotonic)
    calls: list[Call] = field(default_factory=list)

    def add(
        self, environ: Mapping[str, Any], body: bytes, status: int, answer: bytes, headers: Mapping[str, str]
    ) -> None:
        """Read one call off its request and answer."""
        service, region = signed_for(str(environ.get("HTTP_AUTHORIZATION", "")))
        action, asked = said(environ, body, service)
        error = error_code(answer, headers) if status >= 400 else ""
        words = error_words(answer) if error else ""
        at = round(time.monotonic() - self.began, 3)
        stack = str(environ.get("HTTP_USER_AGENT", "")).rpartition("eksclave-stack/")[2].split(" ")[0]
        self.calls.append(Call(at, service, region, action, asked, status, error, words, stack))

    def outside(self, method: str, host: str) -> None:
        """Note a call that wanted to leave this machine."""
        at = round(time.monotonic() - self.began, 3)
        self.calls.append(Call(at, OUTSIDE, "", method, {"host": host}, 403, "Outside", "turned away"))

    def as_json(self, since: int = 0) -> str:
        """Return the calls from number `since` on."""
        return json.dumps([asdict(call) for call in self.calls[since:]], default=str)


def signed_for(authorization: str) -> tuple[str, str]:
    """Return the service and region of a Signature Version 4 header."""
    match = re.search(r"Credential=[^/]*/\d+/([^/]+)/([^/]+)/aws4_request", authorization)
    return (match[2].lower(), match[1]) if match else ("unsigned", "")


def said(environ: Mapping[str, Any], body: bytes, service: str) -> tuple[str, dict[str, Any]]:
    """Return the action and what was asked, secrets and long values cut."""
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    kind = str(environ.get("CONTENT_TYPE", ""))
    query = dict(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True))
    if target or "json" in kind:
        try:
            asked = dict(json.loads(body or b"{}"))
        except ValueError:
            asked = {}
        asked = {**query, **asked}
    elif "form-urlencoded" in kind:
        asked = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    else:
        asked = query
    path = str(environ.get("PATH_INFO", ""))
    action = target.rpartition(".")[2] or str(asked.pop("Action", "")) or _routed(environ, service)
    asked.pop("Version", None)
    if path not in ("", "/"):
        asked["path"] = path
    return action, _cut(asked)


def _cut(asked: Mapping[str, Any]) -> dict[str, Any]:
    def short(value: Any) -> Any:
        return value if not isinstance(value, str) or len(value) <= _LONG else value[:_LONG] + "…"

    return {key: "(kept out)" if SECRET.search(key) else _cut(value) if isinstance(value, dict) else short(value)
            for key, value in asked.items()}  # fmt: skip


def _routed(environ: Mapping[str, Any], service: str) -> str:
    """Find a REST operation by method and path, through moto's own router."""
    from moto.core.request import Request
    from moto.core.routing import get_service_router

    try:
        operation, _ = get_service_router(_MODEL_NAMES.get(service, service)).match(Request(dict(environ)))
        return str(operation.name)
    except Exception:  # a path that no operation has, or a service without a model: the path says enough
        return f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"


def error_code(answer: bytes, headers: Mapping[str, str]) -> str:
    named = headers.get("x-amzn-errortype", "") or headers.get("x-amzn-ErrorType", "")
    if named:
        return named.split(":")[0].rpartition("#")[2]
    found = _ERROR.search(answer)
    if found:
        return found[1].decode()
    try:
        parsed = json.loads(answer)
        return str(parsed.get("__type") or parsed.get("code") or "").rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""


def error_words(answer: bytes) -> str:
    """Return the message of an error answer, XML or JSON."""
    found = _WORDS.search(answer)
    if found:
        return found[1].decode("utf-8", "replace")
    try:
        parsed = json.loads(answer)
        return str(parsed.get("message") or parsed.get("Message") or "")
    except (ValueError, AttributeError):
        return ""

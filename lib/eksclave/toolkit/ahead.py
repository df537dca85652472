"""Importing this module starts Node, and lets it load the CDK while Python goes on importing.

jsii starts Node at the first import of the CDK and waits for each package (0.5 s for the core, AWS and Kubernetes).
Here the same requests are sent at once, and their answers are read when Python asks: an app that has other things to
import or to decide first does so in that time. Import it before them. With `EKSCLAVE_LAZY=0` nothing happens.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import deque
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from eksclave.toolkit import lazy, names

PACKAGES = ("constructs", "cdktf", "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_kubernetes")
"""What is loaded, in the order in which Python will ask; a package that is absent is left out."""

_LOAD = re.compile(r'JSIIAssembly\.load\(\s*"([^"]+)",\s*"([^"]+)",\s*__name__\[0:-6\],\s*"([^"]+)"')


def start() -> None:
    """Start Node and send it the packages to load. A second call does nothing, nor one after the CDK was imported."""
    if not lazy.LAZY or "jsii" not in sys.modules or "constructs._jsii" in sys.modules:
        return
    process: Any = importlib.import_module("jsii._kernel.providers.process")
    if hasattr(process._NodeProcess, "sent_ahead"):
        return
    requests = [request for package in PACKAGES if (request := _load_request_or_none(package))]
    process._NodeProcess = _ahead(process._NodeProcess, requests)
    runtime: Any = importlib.import_module("jsii._runtime")
    _ = runtime.kernel.provider._process  # a property that starts it


def _load_request_or_none(package: str) -> dict[str, str] | None:
    """Return what jsii will send for a package when Python imports it, read from the package's own text."""
    for name in (package, names.twin(package)):
        spec = PathFinder.find_spec(name) if name else None
        if spec and spec.origin and (init := Path(spec.origin).parent / "_jsii" / "__init__.py").is_file():
            found = _LOAD.search(init.read_text(encoding="utf-8"))
            if found:
                assembly, version, file = found.groups()
                return {"name": assembly, "version": version, "tarball": str(init.with_name(file)), "api": "load"}
    return None


def _ahead(base: Any, requests: list[dict[str, str]]) -> Any:
    """Return jsii's process class with `requests` written as soon as it runs, and each answer kept for who asks."""

    class Ahead(base):
        sent_ahead = tuple(request["tarball"] for request in requests)

        def start(self) -> None:
            self._greeted = False
            self._waiting: deque[str] = deque(self.sent_ahead)
            self._answers: dict[str, Any] = {}
            super().start()
            self._process.stdin.write(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
            self._process.stdin.flush()

        def handshake(self) -> None:
            """Put off: Node takes its time to say hello, and Python has something to do."""

        def send(self, request: Any, response_type: Any) -> Any:
            if not self._greeted:
                self._greeted = True
                super().handshake()
            asked = getattr(request, "tarball", "")
            while self._waiting and asked not in self._answers:
                self._answers[self._waiting.popleft()] = self._next_message()
            answer = self._answers.pop(asked, {})
            if "ok" in answer:
                return self._serializer.structure(answer["ok"], response_type)
            return super().send(request, response_type)  # the same request again where it failed: with jsii's own error

    return Ahead


start()

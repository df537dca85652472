"""The emulated AWS: started as a process of its own on loopback, asked over its control path, ended with us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError, ToolError

from .estate import Json
from .processes import Processes, Stopped

_CONTROL = "/_emulator"
_PATIENCE = 60.0


class Emulator:
    """A running emulator."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url

    @classmethod
    def start(cls, processes: Processes, folder: Path, account: str, port: int = 0, stay: bool = False) -> Emulator:
        """Start one and wait until it listens. `port` 0 takes a free one."""
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name in ("PATH", "LANG", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
            },
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "MOTO_ACCOUNT_ID": account,
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "MOTO_ALLOW_NONEXISTENT_REGION": "true",
        }
        command = [sys.executable, "-m", "eksclave_emulator", "--port", str(port), *(["--stay"] if stay else [])]
        process = processes.start(command, folder, environment)
        said = _first_line(process)
        try:
            told: Json = json.loads(said)
        except ValueError:
            processes.end(process)
            words = (process.stderr.read() if process.stderr else "").strip().splitlines()
            why = words[-1] if words else "it ended without a word"
            fix = "pip install 'eksclave[rehearse]'" if "No module named" in why else ""
            raise ToolError(f"the emulator did not start: {why}", fix) from None
        if "error" in told:
            processes.end(process)
            fix = "leave --port out: a free port is found" if port else ""
            raise ToolError(f"the emulator cannot listen on port {port}: {told['error']}", fix)
        for pipe in (process.stdout, process.stderr):
            threading.Thread(target=lambda pipe=pipe: [None for _ in pipe or ()], daemon=True).start()
        return cls(process, str(told["url"]))

    def watch(self, ended: Callable[[str], None]) -> None:
        """Call `ended` with the reason as soon as the process is gone."""

        def wait() -> None:
            code = self.process.wait()
            ended(f"the emulator ended unexpectedly ({'signal ' + str(-code) if code < 0 else f'exit code {code}'})")

        threading.Thread(target=wait, daemon=True).start()

    def calls(self) -> list[Json]:
        """Return every call so far, in order."""
        return self._ask("calls")

    def inventory(self) -> list[str]:
        """Return one line for every resource that there is."""
        return self._ask("inventory")

    def seed(self, wanted: Json) -> Json:
        """Make what is to be there from the start."""
        return self._ask("seed", wanted)

    def _ask(self, what: str, body: Json | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}{_CONTROL}/{what}", data=json.dumps(body).encode() if body else None
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise EksclaveError(f"the emulator refused '{what}': {refused.read().decode(errors='replace')}") from None
        except OSError as error:
            raise Stopped(f"the emulator does not answer: {error}") from None


def _first_line(process: subprocess.Popen[str]) -> str:
    """Return the first line it prints, or nothing where it ends or stays silent."""
    found: list[str] = []
    reader = threading.Thread(
        target=lambda: found.append(process.stdout.readline() if process.stdout else ""), daemon=True
    )
    reader.start()
    until = time.monotonic() + _PATIENCE
    while reader.is_alive() and time.monotonic() < until:
        reader.join(0.05)
    return found[0] if found else ""

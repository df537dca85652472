"""One Terraform command on one stack: run with JSON output, its progress heard, its failures named."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .blame import fix_of, plain
from .estate import Json, Stack
from .processes import Processes
from .result import Event, Problem, StageResult
from .unrest import differences

COMMANDS = {
    "init": ("init", "-input=false", "-no-color"),
    "plan": ("plan", "-json", "-input=false", "-lock-timeout=0s", "-out=plan.bin"),
    "apply": ("apply", "-json", "-input=false", "-lock-timeout=0s", "plan.bin"),
    "second plan": ("plan", "-json", "-input=false", "-lock-timeout=0s", "-detailed-exitcode", "-out=second.bin"),
    "destroy": ("destroy", "-json", "-input=false", "-lock-timeout=0s", "-auto-approve", "-refresh=false"),
}
_CHANGED = 2
_ADDRESS = re.compile(r"(module\.[\w-]+(\[[^]]*\])?\.)*(data\.)?[\w-]+\.[\w-]+(\[[^]]*\])?")
_DONE = ("apply_complete",)


@dataclass(frozen=True)
class Bench:
    """What every stage needs: the program, its surroundings, where to report. Only `init` may download."""

    program: Path
    downloading: dict[str, str]
    closed: dict[str, str]
    processes: Processes
    tell: Callable[[Event], None]
    origin: Callable[[str], str] = lambda _: ""

    def play(self, stack: Stack, place: Path, stage: str) -> StageResult:
        """Run one stage of one stack in its private copy."""
        self.tell(Event(stack.name, stage, "begin"))
        hearing = _Hearing(stack, stage, self.tell, self.origin)
        surroundings = self.downloading if stage == "init" else self.closed
        environment = {**surroundings, "TF_APPEND_USER_AGENT": f"eksclave-stack/{stack.name}"}
        begun = time.monotonic()
        done = self.processes.run([str(self.program), *COMMANDS[stage]], place, environment, hearing.hear)
        problems = hearing.problems
        succeeded = done.code == 0
        if stage == "second plan" and done.code == _CHANGED:
            shown = self.processes.run([str(self.program), "show", "-json", "second.bin"], place, self.closed)
            problems = hearing.unrest(json.loads(shown.stdout or "{}"))
        elif not succeeded and not problems:
            problems = [hearing.problem(plain(done.stderr or done.stdout))]
        seconds = time.monotonic() - begun
        add, change, remove = hearing.counts
        result = StageResult(stage, succeeded, round(seconds, 2), add, change, remove, tuple(problems))
        self.tell(Event(stack.name, stage, "end", hearing.done, hearing.planned, seconds, succeeded))
        return result


class _Hearing:
    """Listens to `terraform -json`: one object a line (the machine-readable UI of the Terraform documentation)."""

    def __init__(self, stack: Stack, stage: str, tell: Callable[[Event], None], origin: Callable[[str], str]) -> None:
        self.stack, self.stage, self.tell, self.origin = stack, stage, tell, origin
        self.problems: list[Problem] = []
        self.counts = (0, 0, 0)
        self.done = self.planned = 0

    def hear(self, line: str) -> None:
        """Take in one line of output."""
        if not line.startswith("{"):
            return
        try:
            said: Json = json.loads(line)
        except ValueError:
            return
        kind = said.get("type")
        if kind == "diagnostic" and said["diagnostic"].get("severity") == "error":
            self.problems.append(self._diagnosed(said["diagnostic"]))
        elif kind == "change_summary":
            changes = said["changes"]
            self.counts = (changes.get("add", 0), changes.get("change", 0), changes.get("remove", 0))
            self.planned = sum(self.counts) or self.planned
        elif kind == "apply_start":
            self.planned = max(self.planned, self.done + 1)
        elif kind in _DONE:
            self.done += 1
            address = said["hook"]["resource"]["addr"]
            self.tell(Event(self.stack.name, self.stage, "progress", self.done, self.planned, said=address))

    def problem(self, said: str, address: str = "", fix: str = "") -> Problem:
        """Return a problem of this stage, traced back from the resource's address."""
        construct = self.stack.construct(address) if address else ""
        spec = self.origin(construct) if construct else ""
        return Problem(self.stack.name, self.stage, said, address, construct, spec, fix or fix_of(said))

    def unrest(self, plan: Json) -> list[Problem]:
        """A second plan that is not empty: one problem for each change it would make."""
        fix = "write the value that the provider reads back, or ignore changes to it"
        found = [
            self.problem(f"the plan after the apply is not empty: {told}", address, fix)
            for address, told in sorted(differences(plan).items())
        ]
        return found or [self.problem("the plan after the apply is not empty: outputs change")]

    def _diagnosed(self, diagnostic: Json) -> Problem:
        summary, detail = str(diagnostic.get("summary", "")), str(diagnostic.get("detail", ""))
        address = str(diagnostic.get("address") or _snippet_address(diagnostic.get("snippet")))
        return self.problem(f"{summary}\n{detail}".strip(), _resource(address))


def _resource(address: str) -> str:
    """Return the resource of an address that may go on into its arguments (`aws_subnet.a.lifecycle.postcondition`)."""
    found = _ADDRESS.match(address)
    return found[0] if found else address


def _snippet_address(snippet: Any) -> str:
    """Return the address that a snippet's context names (`resource.aws_vpc.main`), or an empty string."""
    context = str((snippet or {}).get("context") or "")
    words = context.replace('"', "").split()
    if len(words) >= 3 and words[0] in ("resource", "data"):
        return ".".join(words[1:3]) if words[0] == "resource" else ".".join(words[:3])
    return context.removeprefix("resource.")

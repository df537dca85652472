"""The whole rehearsal: prepare, apply in order, prove, destroy in reverse, look what is left, clean up."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import surroundings
from .choice import account_of, chosen, reason_against
from .emulator import Emulator
from .estate import AWS, Json, Stack, read
from .existing import existing, named, region_of
from .kept import write_environment
from .kubernetes import Api
from .order import in_order
from .overrides import Overrides, state_buckets
from .plugins import install, unlock
from .processes import Processes
from .proof import prove
from .result import Cost, Event, Proof, Rehearsal, StackResult, StageResult
from .signals import ending
from .stage import Bench

_SOCKET_ROOM = 80


@dataclass(frozen=True)
class Options:
    """How to rehearse. `stacks` empty means all; `jobs` 0 means as many as there are processors.

    `origin` says where in a spec a construct comes from, or an empty string.
    """

    stacks: tuple[str, ...] = ()
    jobs: int = 0
    keep: bool = False
    port: int = 0
    seed: Json = field(default_factory=dict)
    origin: Callable[[str], str] = lambda _: ""
    api: Api | None = None


def rehearse(folder: Path, options: Options | None = None, tell: Callable[[Event], None] = lambda _: None) -> Rehearsal:
    """Rehearse a cdktf.out folder. Raises where it cannot start; whatever fails later is in the answer."""
    options = options or Options()
    begun = time.monotonic()
    stacks = chosen(read(folder.resolve()), options.stacks)
    private = Path(tempfile.mkdtemp(prefix="eksclave-rehearsal-"))
    processes = Processes()
    kept = False
    try:
        with ending(processes):
            run = _Run(stacks, options, private, processes, tell)
            answer = run.play(begun)
        kept = options.keep
        return answer
    finally:
        processes.close()
        if not kept:
            if (private / "tmp").is_symlink():
                shutil.rmtree((private / "tmp").resolve(), ignore_errors=True)
            shutil.rmtree(private, ignore_errors=True)


class _Run:
    def __init__(
        self,
        stacks: Sequence[Stack],
        options: Options,
        private: Path,
        processes: Processes,
        tell: Callable[[Event], None],
    ) -> None:
        from eksclave.terraform.binary import terraform

        self.stacks, self.options, self.private, self.processes, self.tell = stacks, options, private, processes, tell
        for name in ("home", "state", "stacks", "tmp", "plugins"):
            (private / name).mkdir()
        (private / "empty").write_text("")
        self.sockets = _short(private / "tmp")
        found = terraform(private / "cli")
        self.program = found.program
        self.environment = dict(found.environment) | surroundings.private(private, self.sockets)
        api = options.api is not None
        self.skipped = {stack.name: reason for stack in stacks if (reason := reason_against(stack, stacks, api))}
        self.places: dict[str, Path] = {}
        self.stages: dict[str, list[StageResult]] = {stack.name: [] for stack in stacks}
        self.lock = threading.Lock()
        self.seed: Json = {}
        self.jobs = options.jobs or os.cpu_count() or 1

    def play(self, begun: float) -> Rehearsal:
        played = self._installed([stack for stack in self.stacks if stack.name not in self.skipped])
        if not played:
            return self._answer(begun, (), (), ())
        emulator = Emulator.start(
            self.processes, self.private, account_of(self.stacks), self.options.port, self.options.keep
        )
        emulator.watch(self.processes.stop)
        closed = surroundings.closed(self.environment, emulator.url)
        account = account_of(self.stacks)
        self.seed = {
            **existing(played, account),
            **self.options.seed,
            "buckets": state_buckets(played),
            "account": account,
        }
        emulator.seed(self.seed)
        before = set(emulator.inventory())
        overrides = Overrides(self.private, emulator.url, self.stacks, self.options.api)
        self.places = {stack.name: overrides.copy(stack) for stack in played}
        bench = Bench(self.program, self.environment, closed, self.processes, self.tell, self.options.origin)
        applied = in_order(played, lambda stack: self._apply(bench, stack), self.jobs)
        calls = emulator.calls()
        proofs = prove(calls, played) if applied else ()
        self._plan_again(bench, played)
        if self.options.keep:
            write_environment(self.private, emulator, closed, region_of(played))
            self.processes.release(emulator.process)
            return self._answer(begun, proofs, (), calls)
        in_order(played, lambda stack: self._destroy(bench, stack), self.jobs, reverse=True)
        left = tuple(sorted(set(emulator.inventory()) - before))
        return self._answer(begun, proofs, left if applied else (), emulator.calls())

    def _installed(self, wanted: Sequence[Stack]) -> list[Stack]:
        """Return the stacks whose providers are there; without that of AWS there is no rehearsal at all."""
        missing = install(self.processes, self.program, self.private / "providers", self.environment, wanted)
        if any(AWS in stack.providers.values() for stack in wanted if stack.name in missing):
            raise next(iter(missing.values()))
        self.skipped |= {name: " ".join(str(why).split()) for name, why in missing.items()}
        return [stack for stack in wanted if stack.name not in missing]

    def _apply(self, bench: Bench, stack: Stack) -> bool:
        return all(self._stage(bench, stack, stage).succeeded for stage in ("init", "plan", "apply"))

    def _plan_again(self, bench: Bench, played: Sequence[Stack]) -> None:
        """Once everything stands: a stack that undoes what another has done shows, and all can be planned at once."""
        standing = [
            stack
            for stack in played
            if (last := self.stages[stack.name][-1:]) and last[0].stage == "apply" and last[0].succeeded
        ]
        free = [replace(stack, needs=()) for stack in standing]
        in_order(free, lambda stack: self._stage(bench, stack, "second plan").succeeded, self.jobs)

    def _destroy(self, bench: Bench, stack: Stack) -> bool:
        if any(stage.stage == "apply" for stage in self.stages[stack.name]):
            return self._stage(bench, stack, "destroy").succeeded
        return True

    def _stage(self, bench: Bench, stack: Stack, stage: str) -> StageResult:
        with self.lock if stage == "init" else contextlib.nullcontext():
            result = bench.play(stack, self.places[stack.name], stage)
            if stage == "init":
                unlock(self.places[stack.name])
        self.stages[stack.name].append(result)
        return result

    def _answer(
        self, begun: float, proofs: tuple[Proof, ...], left: tuple[str, ...], calls: Sequence[Json]
    ) -> Rehearsal:
        stacks = tuple(
            StackResult(
                stack.name, tuple(self.stages[stack.name]), self.skipped.get(stack.name) or self._unreached(stack)
            )
            for stack in self.stacks
        )
        seconds = time.monotonic() - begun
        busy = self.processes.busy_seconds
        cost = Cost(round(seconds, 1), round(busy, 1), round(seconds - busy, 1), self.processes.peak_memory_mib)
        faults = {
            f"the emulator, not the stack, is at fault: {call['service']} {call['action']}: {call['said']}"
            for call in calls
            if str(call["error"]).startswith("Emulator")
        }
        taken = named(self.seed)
        notes = (
            *([f"taken to be there already: {', '.join(taken)}"] if taken else []),
            *(f"{stack.name} was not rehearsed: {stack.skipped}" for stack in stacks if stack.skipped),
            *sorted(faults),
        )
        return Rehearsal(stacks, proofs, left, len(calls), cost, str(self.private) if self.options.keep else "", notes)

    def _unreached(self, stack: Stack) -> str:
        return "" if self.stages[stack.name] else "a stack before it failed"


def _short(folder: Path) -> Path:
    """Return a temporary folder in which a plugin's socket fits: unix(7) allows 108 bytes in all, macOS 104."""
    if len(str(folder)) <= _SOCKET_ROOM or not Path("/tmp").is_dir():
        return folder
    made = Path(tempfile.mkdtemp(prefix="eksclave-", dir="/tmp"))
    folder.rmdir()
    folder.symlink_to(made)
    return made

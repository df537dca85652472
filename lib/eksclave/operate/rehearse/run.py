"""The whole rehearsal: prepare, apply in order, prove, destroy in reverse, look what is left, clean up."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from eksclave.errors import EksclaveError

from .choice import account_of, chosen, reason_against
from .emulator import Emulator
from .estate import AWS, Json, Stack, as_list, read
from .existing import existing, named
from .kept import write_environment
from .overrides import KEY_ID, SECRET, Overrides, state_buckets
from .processes import Processes, Stopped
from .proof import prove
from .result import Cost, Event, Rehearsal, StackResult, StageResult
from .services import services
from .stage import Bench

_SOCKET_ROOM = 80


@dataclass(frozen=True)
class Options:
    """How to rehearse. `stacks` empty means all; `jobs` 0 means as many as there are processors."""

    stacks: tuple[str, ...] = ()
    jobs: int = 0
    keep: bool = False
    port: int = 0
    seed: Json = field(default_factory=dict)


def rehearse(folder: Path, options: Options | None = None, tell: Callable[[Event], None] = lambda _: None) -> Rehearsal:
    """Rehearse a cdktf.out folder. Raises where it cannot start; whatever fails later is in the answer."""
    options = options or Options()
    begun = time.monotonic()
    stacks = chosen(read(folder.resolve()), options.stacks)
    private = Path(tempfile.mkdtemp(prefix="eksclave-rehearsal-"))
    processes = Processes()
    kept = False
    try:
        with _signals(processes):
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
        found = terraform(private / "cli", given={k: v for k, v in os.environ.items() if "proxy" not in k.lower()})
        self.program = found.program
        self.environment = dict(found.environment) | self._safe()
        self.skipped = {stack.name: reason for stack in stacks if (reason := reason_against(stack, stacks))}
        self.places: dict[str, Path] = {}
        self.stages: dict[str, list[StageResult]] = {stack.name: [] for stack in stacks}
        self.lock = threading.Lock()
        self.seed: Json = {}
        self.jobs = options.jobs or os.cpu_count() or 1

    def _safe(self) -> dict[str, str]:
        """Nothing of the user's accounts, no metadata service, no proxy; folders that are this run's alone."""
        empty = str(self.private / "empty")
        return {
            "HOME": str(self.private / "home"),
            "TMPDIR": str(self.sockets),
            "TF_PLUGIN_CACHE_DIR": str(self.private / "plugins"),
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
            "AWS_CONFIG_FILE": empty,
            "AWS_SHARED_CREDENTIALS_FILE": empty,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "NO_PROXY": "*",
            "no_proxy": "*",
            "HTTP_PROXY": "",
            "HTTPS_PROXY": "",
            "http_proxy": "",
            "https_proxy": "",
        }

    def play(self, begun: float) -> Rehearsal:
        played = [stack for stack in self.stacks if stack.name not in self.skipped]
        if not played:
            return self._answer(begun, (), (), ())
        emulator = Emulator.start(
            self.processes, self.private, account_of(self.stacks), self.options.port, self.options.keep
        )
        emulator.watch(self.processes.stop)
        self.environment["AWS_ENDPOINT_URL"] = emulator.url
        account = account_of(self.stacks)
        self.seed = {
            **existing(played, account),
            **self.options.seed,
            "buckets": state_buckets(played),
            "account": account,
        }
        emulator.seed(self.seed)
        before = set(emulator.inventory())
        self._prepare(played, emulator.url)
        bench = Bench(self.program, self.environment, self.processes, self.tell)
        failed = self._apply(bench, played)
        calls = emulator.calls()
        proofs = prove(calls, played) if not failed else ()
        if self.options.keep:
            write_environment(self.private, emulator, self.environment)
            self.processes.release(emulator.process)
            return self._answer(begun, proofs, (), calls)
        self._in_order(played, lambda stack: self._destroy(bench, stack), reverse=True)
        left = tuple(sorted(set(emulator.inventory()) - before))
        return self._answer(begun, proofs, left if not failed else (), emulator.calls())

    def _prepare(self, played: Sequence[Stack], url: str) -> None:
        """Write the copies; the endpoint names are read from the provider's schema in a folder of their own first."""
        overrides = Overrides(self.private, url, self._services(played[0]), self.stacks)
        for stack in played:
            self.places[stack.name] = overrides.copy(stack)

    def _services(self, stack: Stack) -> tuple[str, ...]:
        import json

        place = self.private / "schema"
        place.mkdir()
        required: Json = {}
        for block in as_list(stack.body.get("terraform")):
            for group in as_list(block.get("required_providers")):
                required |= {name: about for name, about in group.items() if stack.providers.get(name) == AWS}
        (place / "main.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": required or {"aws": {"source": AWS}}}})
        )
        done = self.processes.run([str(self.program), "init", "-input=false", "-no-color"], place, self.environment)
        if done.code:
            from .blame import fix_of
            from .stage import _plain

            raise EksclaveError(f"the AWS provider cannot be installed: {_plain(done.stderr)}", fix_of(done.stderr))
        return services(self.processes, self.program, place, self.environment)

    def _apply(self, bench: Bench, played: Sequence[Stack]) -> bool:
        def apply(stack: Stack) -> bool:
            for stage in ("init", "plan", "apply", "second plan"):
                if not self._stage(bench, stack, stage).succeeded and stage != "second plan":
                    return False
            return True

        return not self._in_order(played, apply)

    def _destroy(self, bench: Bench, stack: Stack) -> bool:
        if any(stage.stage == "apply" for stage in self.stages[stack.name]):
            return self._stage(bench, stack, "destroy").succeeded
        return True

    def _stage(self, bench: Bench, stack: Stack, stage: str) -> StageResult:
        with self.lock if stage == "init" else contextlib.nullcontext():
            result = bench.play(stack, self.places[stack.name], stage)
        self.stages[stack.name].append(result)
        return result

    def _in_order(self, played: Sequence[Stack], work: Callable[[Stack], bool], reverse: bool = False) -> bool:
        """Do the work for every stack once those before it are done; one that fails holds up its followers."""
        names = {stack.name for stack in played}
        needs = {stack.name: set(stack.needs) & names for stack in played}
        if reverse:
            needs = {name: {other for other, of in needs.items() if name in of} for name in needs}
        by_name = {stack.name: stack for stack in played}
        done: set[str] = set()
        good = True
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            waiting: dict[Future[bool], str] = {}
            while True:
                started = {*done, *waiting.values()}
                free = self.jobs - len(waiting)
                ready = [name for name in by_name if name not in started and needs[name] <= done][: max(0, free)]
                for name in ready:
                    waiting[pool.submit(work, by_name[name])] = name
                if not waiting:
                    return good and len(done) == len(by_name)
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for one in ended:
                    name = waiting.pop(one)
                    if one.result():
                        done.add(name)
                    else:
                        good = False
                        by_name.pop(name)

    def _answer(self, begun: float, proofs: tuple, left: tuple[str, ...], calls: Sequence[Json]) -> Rehearsal:
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
            *(f"{name} was not rehearsed: {why}" for name, why in self.skipped.items()),
            *sorted(faults),
        )
        return Rehearsal(stacks, proofs, left, len(calls), cost, str(self.private) if self.options.keep else "", notes)

    def _unreached(self, stack: Stack) -> str:
        return "" if self.stages[stack.name] else "not reached: a stack before it failed"


def _short(folder: Path) -> Path:
    """Return a temporary folder in which a plugin's socket fits: unix(7) allows 108 bytes in all, macOS 104."""
    if len(str(folder)) <= _SOCKET_ROOM or not Path("/tmp").is_dir():
        return folder
    made = Path(tempfile.mkdtemp(prefix="eksclave-", dir="/tmp"))
    folder.rmdir()
    folder.symlink_to(made)
    return made


@contextlib.contextmanager
def _signals(processes: Processes) -> Iterator[None]:
    """Ctrl-C and SIGTERM end every process first; then they do what they always do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: object) -> None:
        processes.stop("stopped by the user" if number == signal.SIGINT else "stopped by SIGTERM")
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except Stopped:
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""How a rehearsal is shown: live lines on a terminal, plain lines elsewhere, one table at the end."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from eksclave.operate.rehearse import Event, Rehearsal, StackResult
from eksclave.operate.rehearse.result import STAGES


class Progress:
    """Tells what is going on. On a terminal each stack has a line that moves; elsewhere each stage ends with a line."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live: Any = None
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        if not self.quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = TextColumn("{task.fields[stack]}"), TextColumn("{task.description}"), BarColumn(bar_width=20)
            self.live = Progress(
                *columns, TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(), console=Console(stderr=True)
            )
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def tell(self, event: Event) -> None:
        """Show one event."""
        if self.live is not None:
            self._move(event)
        elif not self.quiet and event.kind == "end":
            done = f", {event.done} resources" if event.stage in ("apply", "destroy") else ""
            told = "done" if event.succeeded else "FAILED"
            print(f"{event.stack}: {event.stage} {told} in {event.seconds:.1f} s{done}", file=sys.stderr, flush=True)

    def _move(self, event: Event) -> None:
        if event.stack not in self.tasks:
            self.tasks[event.stack] = self.live.add_task("", total=1, stack=event.stack)
        told = event.stage if event.kind != "end" else f"{event.stage} {'done' if event.succeeded else 'FAILED'}"
        total = max(1, event.planned, event.done)
        done = total if event.kind == "end" and event.succeeded else event.done
        self.live.update(self.tasks[event.stack], description=told, completed=done, total=total)


def summary(answer: Rehearsal) -> str:
    """Return what is printed at the end: problems, the table, the proofs, what was left, the cost."""
    parts = [f"{problem}\n" for problem in answer.problems]
    parts.append(_table(answer.stacks))
    parts += [f"{_mark(proof.outcome)} {proof.name}: {proof.said}" for proof in answer.proofs]
    for line in answer.left:
        parts.append(f"FAIL left in the emulator: {line}")
    if answer.proofs and not answer.left and not answer.kept:
        parts.append("pass nothing is left in the emulator")
    parts += [f"note {note}" for note in answer.notes]
    if answer.kept:
        parts += [
            "",
            "kept; nothing was destroyed. To look:",
            f"  . {answer.kept}/environment.sh",
            f"  cd {answer.kept}/stacks/NAME && terraform show",
            f"  aws eks list-clusters    # and {answer.kept}/stop ends it",
        ]
    cost = answer.cost
    memory = f", {cost.peak_memory_mib} MiB at most" if cost.peak_memory_mib else ""
    verdict = "all well" if answer.succeeded else "not well"
    parts.append(
        f"{verdict}: {answer.calls} calls, {cost.seconds:.0f} s, "
        f"of which Terraform {cost.terraform_seconds:.0f} s{memory}"
    )
    return "\n".join(parts) + "\n"


def _mark(outcome: str) -> str:
    return {"pass": "pass", "fail": "FAIL"}.get(outcome, "    ")


def _table(stacks: tuple[StackResult, ...]) -> str:
    rows = [["stack", "resources", *STAGES]]
    for stack in stacks:
        applied = stack.stage("apply")
        cells = [_cell(stack, stage) for stage in STAGES]
        rows.append([stack.name, str(applied.add) if applied else "-", *cells])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cell(stack: StackResult, stage: str) -> str:
    result = stack.stage(stage)
    if result is None:
        return "-"
    return f"{result.seconds:.1f} s" if result.succeeded else "FAILED"

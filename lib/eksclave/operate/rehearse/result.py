"""What a rehearsal answers: stages per stack, proofs from the record, what was left, and what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

STAGES = ("init", "plan", "apply", "second plan", "destroy")


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong: where, in whose words, and what to do where that is known."""

    stack: str
    stage: str
    said: str
    address: str = ""
    construct: str = ""
    spec: str = ""
    fix: str = ""

    def __str__(self) -> str:
        lines = [f"error: {self.stack}: {self.stage}: {self.said.splitlines()[0]}"]
        place = f"{self.address}  (construct {self.construct})" if self.construct else self.address
        lines += [f"  --> {place}"] if place else []
        lines += [f"  --> {self.spec}"] if self.spec else []
        lines += [f"   | {line}" for line in self.said.splitlines()[1:]]
        lines += [f"   = fix: {self.fix}"] if self.fix else []
        return "\n".join(lines)


@dataclass(frozen=True)
class StageResult:
    """One Terraform command on one stack; counts are resources, times are seconds."""

    stage: str
    succeeded: bool
    seconds: float
    add: int = 0
    change: int = 0
    remove: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class StackResult:
    """All stages of one stack, or the reason why it was not rehearsed."""

    name: str
    stages: tuple[StageResult, ...] = ()
    skipped: str = ""

    @property
    def succeeded(self) -> bool:
        return all(stage.succeeded for stage in self.stages)

    @property
    def seconds(self) -> float:
        return sum(stage.seconds for stage in self.stages)

    def stage(self, name: str) -> StageResult | None:
        """Return the named stage, or None where it was not reached."""
        return next((stage for stage in self.stages if stage.stage == name), None)


@dataclass(frozen=True)
class Proof:
    """One statement about the order or the reach of the calls. `asked` counts what it looked at."""

    name: str
    outcome: str
    asked: int
    said: str


@dataclass(frozen=True)
class Cost:
    """Seconds in all, seconds in which Terraform ran, their difference (ours), and resident memory at its highest."""

    seconds: float
    terraform_seconds: float
    own_seconds: float
    peak_memory_mib: int | None


@dataclass(frozen=True)
class Rehearsal:
    """The whole answer."""

    stacks: tuple[StackResult, ...]
    proofs: tuple[Proof, ...]
    left: tuple[str, ...]
    calls: int
    cost: Cost
    kept: str = ""
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(p for stack in self.stacks for stage in stack.stages for p in stage.problems)

    @property
    def succeeded(self) -> bool:
        played = any(stack.stages for stack in self.stacks)
        fine = all(stack.succeeded for stack in self.stacks) and not any(p.outcome == "fail" for p in self.proofs)
        return played and fine and not self.left

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain values; the keys are the contract of `--format json`."""
        return {"version": 1, "succeeded": self.succeeded, **asdict(self)}


@dataclass(frozen=True)
class Event:
    """Progress: a stage of a stack begins, moves on (resources done of planned) or ends."""

    stack: str
    stage: str
    kind: str
    done: int = 0
    planned: int = 0
    seconds: float = 0.0
    succeeded: bool = True
    said: str = field(default="", compare=False)

"""What `eksclave prove` answers: the published contract of its JSON, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from eksclave.reach.answer import Outcome

SCHEMA_VERSION = 1
_OUTCOMES = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}
_IMPACTS = {"boot": 0, "apply": 1, "access": 2, "degraded": 3}


@dataclass(frozen=True, order=True)
class StoppedAt:
    """The thing that decided: its Terraform address, its construct path where the app was a CDK one, and how."""

    address: str
    construct: str | None = None
    detail: str = ""


@dataclass(frozen=True, order=True)
class Packet:
    """A concrete packet that does not arrive. `direction` is `request` or `response`."""

    source: str
    source_port: int
    destination: str
    destination_port: int
    protocol: str
    direction: str

    def __str__(self) -> str:
        way = f"{self.source}:{self.source_port} → {self.destination}:{self.destination_port}"
        return f"{way} {self.protocol} ({self.direction})"


@dataclass(frozen=True)
class Result:
    """The answer to one required flow or condition of one cluster.

    `requirement` is its id in the catalogue, `because` the ids of the conditions that a failed flow broke.
    """

    requirement: str
    outcome: Outcome
    cluster: str
    source: str = ""
    destination: str = ""
    impact: str = "boot"
    because: tuple[str, ...] = ()
    packet: Packet | None = None
    stopped_at: tuple[StoppedAt, ...] = ()
    reason: str = ""
    symptom: str = ""
    fix: str | None = None
    assumptions: tuple[str, ...] = ()
    readings: tuple[str, ...] = field(default=(), compare=False)  # those assumptions that are about reading the input
    steps: tuple[str, ...] = field(default=(), compare=False)  # the hops in words, for `explain` and verbose text

    @property
    def where(self) -> str:
        """The address that a waiver or an editor points at: the thing that stopped it, else the cluster."""
        return self.stopped_at[0].address if self.stopped_at else self.cluster

    def as_json(self) -> dict[str, Any]:
        """Return the result as the contract writes it."""
        packet = self.packet
        return {
            "requirement": self.requirement,
            "because": list(self.because),
            "outcome": str(self.outcome),
            "cluster": self.cluster,
            "source": self.source,
            "destination": self.destination,
            "impact": self.impact,
            "packet": None if packet is None else {name: getattr(packet, name) for name in Packet.__dataclass_fields__},
            "stopped_at": [
                {"address": stop.address, "construct": stop.construct, "detail": stop.detail}
                for stop in self.stopped_at
            ],
            "reason": self.reason,
            "symptom": self.symptom,
            "fix": self.fix,
            "assumptions": list(self.assumptions),
        }


def worst_first(result: Result) -> tuple[Any, ...]:
    """Sort key: fails before unknowns before passes, what stops a boot first, then by id and names."""
    letter, number = result.requirement[:1], result.requirement[1:]
    return (
        _OUTCOMES[result.outcome],
        _IMPACTS.get(result.impact, 9),
        result.cluster,
        letter,
        int(number) if number.isdigit() else 0,
        result.source,
        result.destination,
        result.stopped_at,
    )


@dataclass(frozen=True)
class Waived:
    """A finding that was accepted, with the reason and the last day on which it is."""

    result: Result
    reason: str
    until: str


@dataclass(frozen=True)
class Advice:
    """Something worth knowing that never changes the verdict."""

    requirement: str
    cluster: str
    address: str
    text: str


@dataclass(frozen=True)
class Answer:
    """Everything that one run answers, worst first."""

    results: tuple[Result, ...]
    asked_nothing: tuple[str, ...] = ()
    waived: tuple[Waived, ...] = ()
    advice: tuple[Advice, ...] = ()
    unasked: tuple[tuple[str, str], ...] = ()  # `asked_nothing`, each id with the address of the cluster

    @property
    def verdict(self) -> Outcome:
        """Fail if anything fails, else unknown if anything is unknown, else pass; what is waived does not count."""
        for one in (Outcome.FAIL, Outcome.UNKNOWN):
            if any(result.outcome is one for result in self.results):
                return one
        return Outcome.PASS

    def count(self, outcome: Outcome) -> int:
        """Return how many results have this outcome."""
        return sum(result.outcome is outcome for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the contract writes it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": str(self.verdict),
            "results": [result.as_json() for result in self.results],
            "asked_nothing": list(self.asked_nothing),
            "waived": [
                {**one.result.as_json(), "waiver": {"reason": one.reason, "until": one.until}} for one in self.waived
            ],
            "advice": [
                {"requirement": one.requirement, "cluster": one.cluster, "address": one.address, "text": one.text}
                for one in self.advice
            ],
        }


def answer(results: Iterable[Result], asked_nothing: Iterable[str] = (), advice: Iterable[Advice] = ()) -> Answer:
    """Return the answer with everything in its order and nothing said twice."""
    kept: dict[Any, Result] = {}
    for result in results:
        key = (result.requirement, result.cluster, result.source, result.destination, result.outcome, result.stopped_at)
        before = kept.get(key)
        if before is None:
            kept[key] = result
        else:
            because = tuple(dict.fromkeys((*before.because, *result.because)))
            kept[key] = replace(before, because=because)
    said = {(one.requirement, one.cluster, one.address, one.text): one for one in advice}
    return Answer(
        tuple(sorted(kept.values(), key=worst_first)),
        tuple(sorted(set(asked_nothing), key=lambda id: (id[:1], int(id[1:]) if id[1:].isdigit() else 0, id))),
        (),
        tuple(said[key] for key in sorted(said)),
    )

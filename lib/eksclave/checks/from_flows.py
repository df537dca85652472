"""Conditions that the traced flows answer: broken where a flow stopped for them, kept where none did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import passes
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome


def from_flows(view: View, id: str, so_far: Sequence[Result], kept: str) -> Iterator[Result]:
    """Yield one fail per place at which flows stopped for this condition, else a pass that says `kept`."""
    fact = find_flow(id)
    found: dict[str, Result] = {}
    flows: dict[str, list[str]] = {}
    for one in so_far:
        if one.outcome is Outcome.FAIL and id in one.because and one.requirement != id:
            found.setdefault(one.where, one)
            flows.setdefault(one.where, []).append(one.requirement)
    for where, one in found.items():
        stopped = ", ".join(dict.fromkeys(flows[where]))
        because = tuple(other for other in one.because if other != id)
        yield replace(
            one,
            requirement=id,
            because=because,
            impact=fact.impact,
            symptom=fact.symptom,
            reason=f"{one.reason} (stops {stopped})",
        )
    if not found:
        undecided = sorted({one.requirement for one in so_far if one.outcome is Outcome.UNKNOWN})
        note = (f"as far as the flows are decided; undecided: {', '.join(undecided)}",) if undecided else ()
        yield passes(view, id, kept, note)

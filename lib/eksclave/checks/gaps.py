"""Plans that leave things out (-target, deferred changes): what they do not show may be there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from eksclave.checks.result import Result
from eksclave.reach.answer import Outcome
from eksclave.reach.snapshot import Snapshot

SURE = frozenset({"R2", "D2", "D3", "D5", "P1", "P2", "P3"})
"""What fails by what is there, whatever else may be."""


def allowing_for_gaps(snapshot: Snapshot, results: Iterable[Result]) -> list[Result]:
    """Return the results, with fails that something left out would mend as unknown."""
    if not snapshot.partial:
        return list(results)
    said = f"the plan of {', '.join(snapshot.partial)} is partial, and what it leaves out may be there"
    return [
        replace(one, outcome=Outcome.UNKNOWN, reason=f"{one.reason}; but {said}", packet=None, fix=None)
        if one.outcome is Outcome.FAIL and one.requirement not in SURE
        else one
        for one in results
    ]

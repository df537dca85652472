"""Answer a question about a snapshot."""

from __future__ import annotations

from eksclave.reach.answer import Trace
from eksclave.reach.question import Question
from eksclave.reach.snapshot import Snapshot


def trace(snapshot: Snapshot, question: Question) -> Trace:
    """Return the worst case over every placement of both parties, with the packet and the hop that decide it.

    `snapshot.engine`-like state is memoised per snapshot, so asking many questions of one snapshot is cheap.
    """
    raise NotImplementedError

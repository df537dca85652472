"""Findings by their cause: what one change would mend, or what is open for one reason, is told once.

The JSON answer, SARIF and JUnit keep every result by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eksclave.checks.ids import name_of
from eksclave.checks.result import Result, StoppedAt
from eksclave.reach.answer import Outcome

_RESOURCE = re.compile(r"\baws_\w+\.\w")


@dataclass(frozen=True)
class Cause:
    """Results with one cause: the one that names it, and what else it breaks."""

    head: Result
    others: tuple[Result, ...] = ()

    @property
    def results(self) -> tuple[Result, ...]:
        """All results, the head first."""
        return (self.head, *self.others)

    @property
    def places(self) -> tuple[StoppedAt, ...]:
        """Where it is, each address once, those of the head first."""
        found: dict[str, StoppedAt] = {}
        for result in self.results:
            for stop in result.stopped_at:
                found.setdefault(stop.address, stop)
        return tuple(found.values())

    @property
    def because(self) -> tuple[str, ...]:
        """The conditions that are broken, without those that are listed by themselves."""
        told = {result.requirement for result in self.results}
        return tuple(id for id in dict.fromkeys(id for one in self.results for id in one.because) if id not in told)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the answers rest on, each once."""
        return tuple(dict.fromkeys(text for one in self.results for text in one.assumptions))

    @property
    def readings(self) -> tuple[str, ...]:
        """How the input was read where it does not keep everything, each once."""
        return tuple(dict.fromkeys(text for one in self.results for text in one.readings))

    @property
    def breaks(self) -> tuple[str, ...]:
        """What else it breaks, in words, each once."""
        return tuple(dict.fromkeys(_named(one) for one in self.others))


def _named(one: Result) -> str:
    asked = " → ".join(part for part in (one.source, one.destination) if part)
    return f"{one.requirement} {name_of(one.requirement)}" + (f": {asked}" if asked else "")


def causes(results: Iterable[Result]) -> tuple[Cause, ...]:
    """Return the findings by cause, in the order of their worst results."""
    groups: list[list[Result]] = []
    by_sign: dict[object, list[Result]] = {}
    for result in results:
        if result.outcome is Outcome.PASS:
            continue
        signs = [*_signs(result)]
        met = [by_sign[sign] for sign in signs if sign in by_sign]
        group = met[0] if met else []
        if not met:
            groups.append(group)
        for other in met[1:]:
            if other is not group and other in groups:
                group += other
                groups = [one for one in groups if one is not other]
                by_sign = {sign: group if many is other else many for sign, many in by_sign.items()}
        group.append(result)
        by_sign.update(dict.fromkeys(signs, group))
    return tuple(_cause(group) for group in groups)


def _signs(one: Result) -> Iterator[object]:
    """Yield what shows that two results have one cause: what mends both, or one sentence about one requirement."""
    where = one.stopped_at[0].address if one.stopped_at else ""
    yield one.outcome, one.cluster, one.requirement, one.reason
    if one.fix is not None:
        named = _RESOURCE.search(one.fix)  # a fix that says where is the same wherever flows stopped
        yield one.outcome, one.cluster, "" if named else where, one.fix
    else:
        yield one.outcome, one.cluster, where, one.reason


def _cause(group: list[Result]) -> Cause:
    """Return the group with the result that the others name as their cause in front."""
    named = Counter(id for one in group for id in one.because)
    head = max(group, key=lambda one: named[one.requirement])  # the first of equals
    return Cause(head, tuple(one for one in group if one is not head))

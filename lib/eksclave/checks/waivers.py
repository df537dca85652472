"""Findings that somebody accepted: which, where, why, and until when. Unused and ended waivers are mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from eksclave.checks.result import Answer, Result, Waived
from eksclave.errors import InputError, Mistake
from eksclave.reach.answer import Outcome


@dataclass(frozen=True)
class Waiver:
    """Accepts what fails `waive` (an id) where the glob `address` matches, up to and with the day `until`."""

    waive: str
    address: str
    reason: str
    until: date
    where: str

    def covers(self, result: Result) -> bool:
        """Tell whether this result is what the waiver accepts."""
        if result.outcome is Outcome.PASS or result.requirement != self.waive:
            return False
        return any(matches(place, self.address) for place in (*(s.address for s in result.stopped_at), result.cluster))


def matches(address: str, pattern: str) -> bool:
    """Tell whether a Terraform address matches a glob; brackets stand for themselves, as in `subnet.a[0]`."""
    return fnmatchcase(address, pattern.replace("[", "[[]"))


def waive(answer: Answer, waivers: Iterable[Waiver], today: date) -> Answer:
    """Return the answer with what is waived moved aside; raise where a waiver has ended or accepts nothing."""
    mistakes: list[Mistake] = []
    results, waived = list(answer.results), list(answer.waived)
    for waiver in waivers:
        if waiver.until < today:
            said = f"waiver of {waiver.waive} at '{waiver.address}' ended on {waiver.until}"
            mistakes.append(Mistake(waiver.where, "", said, "mend the finding, or decide anew until when to accept it"))
            continue
        covered = [result for result in results if waiver.covers(result)]
        if not covered:
            said = f"waiver of {waiver.waive} at '{waiver.address}' matches no finding"
            mistakes.append(Mistake(waiver.where, "", said, "remove it"))
            continue
        results = [result for result in results if result not in covered]
        waived += [Waived(result, waiver.reason, waiver.until.isoformat()) for result in covered]
    if mistakes:
        raise InputError(mistakes)
    return replace(answer, results=tuple(results), waived=tuple(waived))

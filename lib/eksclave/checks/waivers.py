"""Findings that somebody accepted: which, where, why, and until when. Unused and ended waivers are mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from eksclave.checks.result import Answer, Result, Waived
from eksclave.errors import InputError, Mistake
from eksclave.reach.answer import Outcome

_FIELDS = ("waive", "address", "reason", "until")


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


def read_waivers(path: Path, known: Iterable[str]) -> tuple[Waiver, ...]:
    """Return the waivers of a YAML file; raise with every mistake in it. `known` are the ids that can be waived."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        read: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError([Mistake(str(path), "", f"cannot be read: {error.strerror or error}")]) from None
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InputError([Mistake(str(path), "", f"is not YAML: {str(error).splitlines()[0]}")]) from None
    if not isinstance(read, list):
        raise InputError([Mistake(str(path), "", "holds no list", "write a list of waive, address, reason, until")])
    ids, mistakes, found = set(known), list[Mistake](), list[Waiver]()
    for index, one in enumerate(read):
        waiver, wrong = _waiver(f"{path}", f"[{index}]", one, ids)
        mistakes += wrong
        if waiver:
            found.append(waiver)
    if mistakes:
        raise InputError(mistakes)
    return tuple(found)


def _waiver(where: str, place: str, one: Any, ids: set[str]) -> tuple[Waiver | None, list[Mistake]]:
    if not isinstance(one, dict):
        return None, [Mistake(where, place, f"'{one}' is no waiver", "write waive, address, reason, until")]
    wrong = [Mistake(where, f"{place}.{name}", "is missing") for name in _FIELDS if not one.get(name)]
    wrong += [
        Mistake(where, f"{place}.{name}", "is no field of a waiver", f"fields are {', '.join(_FIELDS)}")
        for name in map(str, one)
        if name not in _FIELDS
    ]
    if one.get("waive") and str(one["waive"]) not in ids:
        wrong.append(Mistake(where, f"{place}.waive", f"no requirement has the id '{one['waive']}'", "see docs/checks"))
    until = _day(one.get("until"))
    if one.get("until") and until is None:
        wrong.append(Mistake(where, f"{place}.until", f"'{one['until']}' is no date", "write it as 2027-01-31"))
    if wrong or until is None:
        return None, wrong
    return Waiver(str(one["waive"]), str(one["address"]), str(one["reason"]), until, f"{where} {place}"), []


def _day(said: Any) -> date | None:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    with suppress(ValueError):
        return date.fromisoformat(str(said))
    return None


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

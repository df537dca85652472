"""The YAML file of waivers, read: every mistake at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from eksclave.checks.ids import name_of
from eksclave.checks.waivers import Waiver
from eksclave.errors import InputError, Mistake, did_you_mean

_FIELDS = ("waive", "address", "reason", "until")
_DATE = "write it as 2027-01-31"


@dataclass(frozen=True)
class _Place:
    """Where one waiver stands: the file, its index, and the lines of its fields ('' is the waiver's own)."""

    file: str
    index: str
    lines: Mapping[str, int]

    @property
    def where(self) -> str:
        return f"{self.of('')} {self.index}"

    def of(self, field: str) -> str:
        line = self.lines.get(field) or self.lines.get("")
        return f"{self.file}:{line}" if line else self.file

    def mistake(self, field: str, said: str, fix: str = "") -> Mistake:
        return Mistake(self.of(field), f"{self.index}.{field}" if field else self.index, said, fix)


def read_waivers(path: Path, known: Iterable[str]) -> tuple[Waiver, ...]:
    """Return the waivers of a YAML file; raise with every mistake in it. `known` are the ids that can be waived."""
    read, places = _opened(path)
    ids, mistakes, found = tuple(known), list[Mistake](), dict[tuple[str, str], Waiver]()
    for one, place in zip(read, places, strict=True):
        waiver, wrong = _waiver(place, one, ids)
        mistakes += wrong
        if waiver is None:
            continue
        first = found.setdefault((waiver.waive, waiver.address), waiver)
        if first is not waiver:
            said = f"waives {waiver.waive} at '{waiver.address}' again"
            mistakes.append(place.mistake("", said, f"remove it, or the one at {first.where}"))
    if mistakes:
        raise InputError(mistakes)
    return tuple(found.values())


def _opened(path: Path) -> tuple[Sequence[Any], Sequence[_Place]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        text = path.read_text(encoding="utf-8")
        node: Any = YAML(typ="safe", pure=True).compose(text)
        places = _places(str(path), node)
        if wrong := [one for item, place in zip(_items(node), places, strict=True) for one in _dates(item, place)]:
            raise InputError(wrong)
        read: Any = YAML(typ="safe", pure=True).load(text)
    except OSError as error:
        raise InputError([Mistake(str(path), "", f"cannot be read: {error.strerror or error}")]) from None
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError([Mistake(where, "", f"is not YAML: {said}")]) from None
    if not isinstance(read, list):
        raise InputError([Mistake(str(path), "", "holds no list", "write a list of waive, address, reason, until")])
    return read, places


def _items(node: Any) -> list[Any]:
    return node.value if node is not None and node.id == "sequence" else []


def _fields(item: Any) -> list[tuple[Any, Any]]:
    return item.value if item.id == "mapping" else []


def _places(file: str, node: Any) -> list[_Place]:
    return [
        _Place(
            file,
            f"[{index}]",
            {"": item.start_mark.line + 1, **{str(key.value): key.start_mark.line + 1 for key, _ in _fields(item)}},
        )
        for index, item in enumerate(_items(node))
    ]


def _dates(item: Any, place: _Place) -> list[Mistake]:
    """Say which dates look like dates and are none: YAML's own error for them names neither field nor line."""
    return [
        place.mistake(str(key.value), f"'{value.value}' is no date", _DATE)
        for key, value in _fields(item)
        if str(value.tag).endswith(":timestamp") and _day(value.value) is None
    ]


def _waiver(place: _Place, one: Any, ids: tuple[str, ...]) -> tuple[Waiver | None, list[Mistake]]:
    if not isinstance(one, dict):
        return None, [place.mistake("", f"'{one}' is no waiver", "write waive, address, reason, until")]
    wrong = [place.mistake(name, "is missing") for name in _FIELDS if not one.get(name)]
    wrong += [
        place.mistake(
            name, "is no field of a waiver", did_you_mean(name, _FIELDS) or f"fields are {', '.join(_FIELDS)}"
        )
        for name in map(str, one)
        if name not in _FIELDS
    ]
    meant, fix = _id(str(one.get("waive") or ""), ids)
    if one.get("waive") and not meant:
        wrong.append(place.mistake("waive", f"no requirement has the id '{one['waive']}'", fix))
    until = _day(one.get("until"))
    if one.get("until") and until is None:
        wrong.append(place.mistake("until", f"'{one['until']}' is no date", _DATE))
    if wrong or until is None:
        return None, wrong
    return Waiver(meant, str(one["address"]), str(one["reason"]), until, place.where), []


def _id(word: str, ids: tuple[str, ...]) -> tuple[str, str]:
    """Return the id that a word means (`N5`, `sts-unreachable`, or both as printed), or nothing and what to write."""
    first, _, rest = word.partition(" ")
    if first in ids and rest.strip() in ("", name_of(first)):
        return first, ""
    named = [id for id in ids if name_of(id) == word]
    if len(named) == 1:
        return named[0], ""
    if named:
        return "", f"this is the name of {' and '.join(named)}; write one of these ids"
    if word.upper() in ids:
        return "", f"did you mean '{word.upper()}'?"
    hint = did_you_mean(word, [*ids, *map(name_of, ids)])
    return "", hint or "write the id that stands in the brackets of the finding, such as N5"


def _day(said: Any) -> date | None:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    for read in (date.fromisoformat, lambda text: datetime.fromisoformat(text).date()):
        with suppress(ValueError):
            return read(str(said))
    return None

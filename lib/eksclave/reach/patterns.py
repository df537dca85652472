"""Texts against IAM patterns, where either may have parts that are not known: yes, no, or open (None).

Source: IAM user guide, policy elements (`*` is any text, `?` any one character) and policy variables (`${...}`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from eksclave.reach.facts.values import HOLE, Value, choices

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def any_matches(patterns: Value[tuple[str, ...]], text: str, fold: bool = False) -> bool | None:
    """Return whether some pattern matches the text, for every candidate list of patterns."""
    found = choices(patterns)
    if found is None:
        return None
    answers = {either([matches(one, text, fold) for one in many]) for many in found}
    return answers.pop() if len(answers) == 1 else None


def either(answers: list[bool | None]) -> bool | None:
    """Return three-valued "or"; nothing at all is False."""
    return True if True in answers else None if None in answers else False


def every(answers: list[bool | None]) -> bool | None:
    """Return three-valued "and"; nothing at all is True."""
    return False if False in answers else None if None in answers else True


def negate(answer: bool | None) -> bool | None:
    """Return three-valued "not"."""
    return None if answer is None else not answer


@lru_cache(maxsize=8192)
def matches(pattern: str, text: str, fold: bool = False, wild: bool = True) -> bool | None:
    """Return whether the pattern matches the text; with `wild` False the stars and question marks are plain
    characters."""
    if fold:
        pattern, text = pattern.lower(), text.lower()
    symbols = _symbols(pattern, wild)
    if _surely(symbols, text):
        return True
    if HOLE not in text and not any(one is _OPEN for one in symbols):
        return False
    return None if _possibly(symbols, text) else False


_STAR, _ONE, _OPEN = object(), object(), object()


def _symbols(pattern: str, wild: bool) -> tuple[object, ...]:
    plain = {"*": "*", "?": "?", "$": "$"}
    found: list[object] = []
    index = 0
    while index < len(pattern):
        variable = _VARIABLE.match(pattern, index) if wild else None
        if variable:
            found.append(plain.get(variable[1], _OPEN))
            index = variable.end()
            continue
        letter = pattern[index]
        special = {"*": _STAR, "?": _ONE}.get(letter) if wild else None
        found.append(_OPEN if letter == HOLE else special or letter)
        index += 1
    return tuple(found)


def _surely(symbols: tuple[object, ...], text: str) -> bool:
    """Tell whether the pattern matches whatever the open parts are: only a star takes an open part of the text."""
    reached = {0}
    for symbol in symbols:
        if symbol is _STAR:
            reached = set(range(min(reached), len(text) + 1))
        elif symbol is _OPEN:
            return False
        else:
            steps = (at for at in reached if at < len(text) and text[at] != HOLE)
            reached = {at + 1 for at in steps if symbol is _ONE or text[at] == symbol}
        if not reached:
            return False
    return len(text) in reached


def _possibly(symbols: tuple[object, ...], text: str) -> bool:
    """Tell whether the open parts can be such that the pattern matches: open parts of either side are any text."""
    reached = _spread({0}, text)
    for symbol in symbols:
        if symbol is _STAR or symbol is _OPEN:
            reached = set(range(min(reached), len(text) + 1))
        else:
            moved = {at + 1 for at in reached if at < len(text) and (symbol is _ONE or text[at] == symbol)}
            reached = moved | {at for at in reached if at < len(text) and text[at] == HOLE}
        reached = _spread(reached, text)
        if not reached:
            return False
    return len(text) in reached


def _spread(reached: set[int], text: str) -> set[int]:
    """Return the positions with those behind open parts of the text, which may be empty."""
    found = set(reached)
    for at in sorted(reached):
        while at < len(text) and text[at] == HOLE:
            at += 1
            found.add(at)
    return found

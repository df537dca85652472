"""Words that keys, names and tags share: what is left of an index that the plan lost.

`aws_subnet.this` of which only those under `"app/"` are meant leaves `aws_subnet.this` in the plan, and the word `app`
in the keys, the tags or the name on both sides. Words are compared whole, never as parts of longer ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from eksclave.terraform.scope import Instance
from eksclave.terraform.values import plain

T = TypeVar("T")
_PARTS = re.compile(r"[A-Za-z]+|\d+|[a-z]+\d+[a-z]*")
_SEPARATED = re.compile(r"[^A-Za-z0-9]+")
_TAGS = ("tags", "tags_all")
_NOT_TELLING = frozenset({"id", "ids", "arn", "arns", "name", "names", "this", "main", "default", "value", "key", ""})


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a key or a name in order: lower case, plural endings dropped."""
    return tuple(_singular(word.lower()) for word in _SEPARATED.split(text) if word)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def within(part: str, whole: str) -> bool:
    """Tell whether the words of one text stand, in this order and together, in another: `app` in `app/eu-1a`."""
    few, many = words(part), words(whole)
    return bool(few) and any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))


def telling(text: str) -> bool:
    """Tell whether a word can tell one thing from another: `id` and `this` cannot."""
    return any(word not in _NOT_TELLING for word in words(text))


Lost = tuple[str | int, ...]
"""What one index that the plan lost may have been: one word, or the words of a list that a loop goes over."""


def narrowed(lost: Lost, instances: Sequence[Instance], count: int | None = None) -> list[Instance]:
    """Return the instances that a lost index means: by key, by a word of the key, by a known value or tag.

    Empty where none bears a word of it, or where all do: then it tells nothing. Where their number is known, by
    whatever gives so many, also the beginning of a key (`startswith(k, "app")`).
    """
    if count is not None and count < len(instances):
        for bears in (_is_key, _in_key, _in_values, _starts_key):
            found = [one for one in instances if any(bears(word, one) for word in lost)]
            if len(found) == count:
                return found
    for bears in (_is_key, _in_key, _in_values):
        found = [one for one in instances if any(bears(word, one) for word in lost)]
        if found:
            return found if len(found) < len(instances) or bears is _is_key else []
    return []


def _is_key(word: str | int, instance: Instance) -> bool:
    return instance.key is not None and instance.key == word and type(instance.key) is type(word)


def _in_key(word: str | int, instance: Instance) -> bool:
    return isinstance(instance.key, str) and isinstance(word, str) and within(word, instance.key)


def _starts_key(word: str | int, instance: Instance) -> bool:
    return isinstance(instance.key, str) and isinstance(word, str) and instance.key.startswith(word)


def _in_values(word: str | int, instance: Instance) -> bool:
    return isinstance(word, str) and telling(word) and any(word == said or _tag(word, said) for said in _said(instance))


def _tag(word: str, said: str) -> bool:
    return len(words(word)) == 1 and within(word, said)


def _said(instance: Instance) -> Iterable[str]:
    """Known texts of an instance that tell it from its siblings: its own simple values, and those of its tags."""
    for name, value in instance.after.items():
        value = plain(value)
        if isinstance(value, str):
            if name not in ("id", "arn", "description", "policy"):
                yield value
        elif name in _TAGS and isinstance(value, dict):
            yield from (text for text in value.values() if isinstance(text, str))


def alike(key: Any, instances: Sequence[Instance]) -> list[Instance]:
    """Return the instances whose whole key stands in another's key: `app` for `app/in/100`; the longest ones only."""
    if not isinstance(key, str):
        return []
    found = [one for one in instances if isinstance(one.key, str) and within(one.key, key)]
    longest = max((len(words(str(one.key))) for one in found), default=0)
    return [one for one in found if len(words(str(one.key))) == longest]


def in_same_place(key: Any, siblings: Iterable[Any], instances: Sequence[Instance]) -> list[Instance]:
    """Return the one instance that stands in a key where those of its siblings stand: `to/from` keys name two.

    Empty where the siblings do not say which place it is.
    """
    if not isinstance(key, str):
        return []
    places = {tuple(_places(sibling, instances)) for sibling in siblings if isinstance(sibling, str)}
    told = {place[0] for place in places if len(place) == 1}
    found = dict(_stands(key, instances))
    return [found[at] for at in told if at in found] if len(told) == 1 else []


def _places(key: str, instances: Sequence[Instance]) -> list[int]:
    return [at for at, _ in _stands(key, instances)]


def _stands(key: str, instances: Sequence[Instance]) -> Iterable[tuple[int, Instance]]:
    many = words(key)
    for one in instances:
        few = words(str(one.key))
        yield from ((at, one) for at in range(len(many) - len(few) + 1) if few and many[at : at + len(few)] == few)

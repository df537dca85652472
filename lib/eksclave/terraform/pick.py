"""Which instances of a block an expression means, where the plan lost the index (`aws_x.y`, `each.key`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance, Key


def pick(
    term: Term,
    instances: Mapping[Key, Instance],
    listed: Sequence[Term],
    key: Key,
    words: Sequence[Any],
    plural: bool,
    notes: list[str],
) -> list[Instance]:
    """Return the instances that are meant: by count.index, by each.key, by a word of each.value, else all of them.

    `words` are what each.value is known to be. What is assumed is added to `notes`.
    """
    every = [instances[k] for k in sorted(instances, key=lambda k: (isinstance(k, str), k))]
    if len(every) == 1:
        return every
    counted = any(other.root == "count" for other in listed)
    keyed = any(other.root == "each" and other.name == "key" for other in listed)
    if counted and isinstance(key, int) and all(isinstance(k, int) for k in instances):
        at = key % len(every)
        notes.append(f"uses {term.name}[{at}] at count.index {key}: the plan does not keep the index")
        return [every[at]]
    for word in words:
        if word in instances:
            return [instances[word]]
    if keyed and key in instances:
        return [instances[key]]
    if keyed and key is not None:
        alike = [one for one in every if key in (v for v in one.after.values() if isinstance(v, (str, int)))]
        if len(alike) == 1:
            return alike
    if plural and (counted or keyed or any(other.root == "each" for other in listed)):
        notes.append(f"uses all instances of {term.name}: the plan does not keep which ones")
    return every

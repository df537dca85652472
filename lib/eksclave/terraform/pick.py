"""Which instances of a block an expression means, where the plan lost the index (`aws_x.y`, `each.key`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from eksclave.terraform.notes import Plain
from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance, Key
from eksclave.terraform.words import Lost, alike, in_same_place, narrowed

if TYPE_CHECKING:
    from eksclave.terraform.place import Place, Want


def pick(
    term: Term,
    instances: Mapping[Key, Instance],
    listed: Sequence[Term],
    place: Place,
    lost: Sequence[Lost],
    want: Want,
    notes: list[str],
) -> list[Instance]:
    """Return the instances that are meant: by count.index, by each.key, by the words of a lost index, else all of them.

    `lost` are steps of the path and what each.value is known to be; `want.lost` are those of expressions above. What
    is assumed is added to `notes`.
    """
    every = [instances[k] for k in sorted(instances, key=lambda k: (isinstance(k, str), k))]
    if len(every) == 1:
        return every
    counts = sum(other.root == "count" for other in listed)
    counted = counts == 1  # `count.index % 2 == 0 ? a[floor(count.index / 2)] : …` is no index by itself
    keyed = any(other.root == "each" and other.name == "key" for other in listed)
    valued = any(other.root == "each" and other.name == "value" for other in listed)
    numbered = all(isinstance(k, int) for k in instances)
    as_many = len(place.siblings) == len(every)  # `values(aws_x.y)[count.index]`: by key
    if counted and isinstance(place.key, int) and (numbered or as_many):
        told: list[str] = []
        chosen = _at(term, every, place.key, told)
        paired = _says_only_the_index(term, listed) and chosen.key == place.key and as_many
        notes += map(Plain, told) if paired and not want.plural else told
        return [chosen]
    own: tuple[Lost, ...] = ((place.key,),) if keyed and place.key is not None else ()
    for index in (*lost, *own, *want.lost):
        fitting = narrowed(index, every, want.count)
        if fitting and len(fitting) < len(every):
            said = " or ".join(f"'{word}'" for word in index)
            text = f"uses {_shown(fitting)} of {term.name}: {said} stands for the index that the plan lost"
            same = [one.key for one in fitting] == [place.key] == list(index) and not want.plural
            notes.append(Plain(text) if same and _says_only_the_index(term, listed) else text)
            every = fitting
    number = _number((*lost, *want.lost))
    if len(every) < len(instances):
        if len(every) > 1 and not want.plural and number is not None and number < len(every):
            return [every[number]]  # `values()` and `for` list instances in order of key
        return every
    if not want.plural and number is not None:
        return [_at(term, every, number, notes)]
    if keyed or valued:
        held = alike(place.key, every)
        found = held if len(held) < 2 else in_same_place(place.key, place.siblings, every) or held
        if found and (len(found) == 1 or not want.plural):
            notes.append(f"uses {_shown(found)} of {term.name}: the plan does not keep the index, the key holds it")
            return found
    if want.plural and (counts or keyed or valued):
        notes.append(f"uses all instances of {term.name}: the plan does not keep which ones")
    return every


def _says_only_the_index(term: Term, listed: Sequence[Term]) -> bool:
    """Tell whether an expression is made of a block and `each` or `count` alone, as `aws_x.y[each.key].id` is."""
    others = {one for one in listed if one != term}
    return len(others) == 1 and all(one.root in ("each", "count") and not one.rest for one in others)


def _number(lost: Sequence[Lost]) -> int | None:
    """The last position in a list that was lost."""
    numbers = [index[0] for index in lost if len(index) == 1 and isinstance(index[0], int) and index[0] >= 0]
    return numbers[-1] if numbers else None


def _at(term: Term, every: list[Instance], number: int, notes: list[str]) -> Instance:
    at = number % len(every)
    notes.append(f"uses {_shown([every[at]])} of {term.name} at index {number}: the plan does not keep the index")
    return every[at]


def _shown(some: Sequence[Instance]) -> str:
    keys = [f'"{one.key}"' if isinstance(one.key, str) else str(one.key) for one in some]
    return ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")

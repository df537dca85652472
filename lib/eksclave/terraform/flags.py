"""Conditions whose flag the plan knows: `var.attach_primary ? aws_eks_cluster.this.… : null` with a known flag.

Plan JSON keeps constants whole. What is known of a flag, or that nobody gave it, tells which branch a value came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eksclave.terraform.exact import without_templates
from eksclave.terraform.place import Place
from eksclave.terraform.references import Term, terms
from eksclave.terraform.values import Path, dig

_FLAG = re.compile(
    r"^(attach|create|enable|use|with|add|include|associate|is|has|assign)(_|$)|_enabled?$|_attached$|^enabled$"
)
_OPEN = object()


def name_of(term: Term) -> str:
    """Return the last word of a term: `each.value.attach_primary` and `var.attach_primary` name the same flag."""
    return next((step for step in reversed(term.rest) if isinstance(step, str)), term.name)


def names_a_flag(name: str) -> bool:
    """Tell whether a name is that of a flag: `enable_dns`, `private_dns_enabled`."""
    return bool(_FLAG.search(name))


def decided(
    listed: Sequence[Term], place: Place, variables: Mapping[str, Any], plural: bool, notes: list[str]
) -> list[Term]:
    """Return the terms of the branch that known flags choose; all of them where a flag is not known.

    A flag stands before what it is for; in a list it adds that to what is there anyway. Of `flag ? A : B` both stay:
    `!flag ? A : B` refers to the same.
    """
    kept: list[Term] = []
    others = sum(not _is_flag(term) for term in listed)
    at = 0
    while at < len(listed):
        end = at
        while end < len(listed) and _is_flag(listed[end]):
            end += 1
        if end == at or end == len(listed):
            kept.append(listed[at])
            at += 1
            continue
        answer = _together(listed[at:end], place, variables) if plural or others == 1 else _OPEN
        if answer is _OPEN or answer:
            kept += listed[at : end + 1]
        else:
            notes.append(f"{name_of(listed[at])} is {_said(answer)}: the plan keeps of a condition what it refers to")
        at = end + 1
    return kept


def _said(answer: object) -> str:
    return "not given" if answer is None else "false"


def _is_flag(term: Term) -> bool:
    named = term.root == "var" or (term.root == "each" and term.name == "value" and bool(term.rest))
    return named and names_a_flag(name_of(term))


def _together(flags: Sequence[Term], place: Place, variables: Mapping[str, Any]) -> object:
    """Return the flag's value, None where nobody gave it; open for several flags: they may be joined by "or".

    The same flag in several places is a `try()`: the first that is given counts. One that an object leaves out in one
    place alone may have a default in the object's type, which the plan does not keep.
    """
    if len({name_of(flag) for flag in flags}) > 1:
        return _OPEN
    answer: object = None
    for flag in flags:
        value = constant(flag, place, variables)
        if value is _OPEN or not (value is None or isinstance(value, bool)):
            return _OPEN
        answer = value if answer is None else answer
    inside = flags[0].rest if flags[0].root == "var" else flags[0].rest[1:] or flags[0].rest
    return _OPEN if answer is None and inside and len(flags) < 2 else answer


def constant(term: Term, place: Place, variables: Mapping[str, Any]) -> Any:
    """Return what the configuration's constants say of a term, None where they leave it out."""
    if term.root == "each":
        return _at(_each(place, variables), (place.key or "", *term.rest))
    return _at(_variable(term.name, place, variables), term.rest)


def _each(place: Place, variables: Mapping[str, Any]) -> Any:
    """Return the constant that for_each goes over, perhaps filtered: the one among its terms that has the key."""
    expression = without_templates(place.for_each)
    listed = terms(expression.get("references") or ()) if isinstance(expression, dict) else []
    found = [constant(term, Place(place.scope), variables) for term in listed if term.root == "var"]
    found += [expression["constant_value"]] if isinstance(expression, dict) and "constant_value" in expression else []
    maps = [one for one in found if isinstance(one, dict) and place.key in one]
    return maps[0] if len(maps) == 1 else _OPEN


def _at(found: Any, path: Path) -> Any:
    return found if found is _OPEN else dig(found, path)


def _variable(name: str, place: Place, variables: Mapping[str, Any]) -> Any:
    scope = place.scope
    declared = scope.configuration.get("variables", {}).get(name) or {}
    if scope.parent is None:
        given = variables.get(name)
        return given.get("value") if isinstance(given, dict) else declared.get("default")
    expression = (scope.call.get("expressions") or {}).get(name)
    if expression is None:
        return declared.get("default")
    above = Place(scope.parent, scope.key, scope.call.get("for_each_expression"))
    return _whole(expression, above, variables)


def _whole(expression: Any, place: Place, variables: Mapping[str, Any]) -> Any:
    """Return what an expression is: a constant, or one plain name of a constant."""
    expression = without_templates(expression)
    if not isinstance(expression, dict):
        return _OPEN
    if "constant_value" in expression:
        return expression["constant_value"]
    listed = terms(expression.get("references") or ())
    if len(listed) == 1 and (listed[0].root == "var" or (listed[0].root == "each" and listed[0].name == "value")):
        return constant(listed[0], place, variables)
    return _OPEN

"""One condition line of a policy against a request's context: holds, does not hold, or open (None).

Source: IAM user guide, condition operators (a missing key fails a positive operator, satisfies a negated one and every
`IfExists`), multivalued keys (`ForAllValues` holds for a missing key).
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from eksclave.reach.facts.iam import Condition
from eksclave.reach.facts.values import HOLE, Unknown, Value, choices
from eksclave.reach.patterns import either, every, matches, negate

Context = dict[str, Value[tuple[str, ...]] | None]
"""Condition keys in lower case: their values, None where the request surely lacks the key; keys not listed are open."""


def holds(condition: Condition, context: Context) -> bool | None:
    """Return whether the condition holds for a request with this context."""
    operator, quantifier, if_exists = _parts(condition.operator)
    key = condition.key.lower()
    wanted, found = choices(condition.values), context.get(key, Unknown("the request's key is not known"))
    if operator == "null":
        return _null(wanted, found)
    negated = operator.startswith(("stringnot", "arnnot", "not", "numericnot", "datenot"))
    if found is None:
        if if_exists or quantifier == "forallvalues":
            return True
        return negated and quantifier != "foranyvalue"
    compare = _COMPARE.get(operator)
    actual = choices(found)
    if wanted is None or actual is None or compare is None:
        return None
    answers = {
        _quantified(quantifier, negated, [either([compare(w, a) for w in want]) for a in have])
        for want in wanted
        for have in actual
    }
    return answers.pop() if len(answers) == 1 else None


def _parts(text: str) -> tuple[str, str, bool]:
    operator = text.lower()
    quantifier, _, rest = operator.rpartition(":")
    if_exists = rest.endswith("ifexists")
    return rest.removesuffix("ifexists"), quantifier, if_exists


def _null(wanted: tuple[tuple[str, ...], ...] | None, found: Value[tuple[str, ...]] | None) -> bool | None:
    if wanted is None or isinstance(found, Unknown):
        return None
    absent = found is None
    answers = {either([(one.lower() == "true") == absent for one in many]) for many in wanted}
    return answers.pop() if len(answers) == 1 else None


def _quantified(quantifier: str, negated: bool, equal: list[bool | None]) -> bool | None:
    """Return the answer over the request's values, each of which equals some wanted value or not."""
    each = [negate(one) for one in equal] if negated else equal
    if quantifier == "forallvalues" or (negated and quantifier != "foranyvalue"):
        return every(each)
    return either(each)


def _plain(fold: bool) -> Callable[[str, str], bool | None]:
    return lambda wanted, actual: matches(wanted, actual, fold, wild="${" in wanted)


def _glob(wanted: str, actual: str) -> bool | None:
    return matches(wanted, actual)


def _address(wanted: str, actual: str) -> bool | None:
    if HOLE in wanted or HOLE in actual:
        return None
    try:
        return ip_address(actual) in ip_network(wanted, strict=False)
    except ValueError:
        return None


_COMPARE: dict[str, Callable[[str, str], bool | None]] = {
    "stringequals": _plain(False),
    "stringnotequals": _plain(False),
    "stringequalsignorecase": _plain(True),
    "stringnotequalsignorecase": _plain(True),
    "stringlike": _glob,
    "stringnotlike": _glob,
    "arnequals": _glob,
    "arnlike": _glob,
    "arnnotequals": _glob,
    "arnnotlike": _glob,
    "bool": _plain(True),
    "ipaddress": _address,
    "notipaddress": _address,
    "numericequals": _plain(False),
    "numericnotequals": _plain(False),
}

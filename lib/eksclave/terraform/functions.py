"""The Terraform functions that synthesized stacks use, over values that may be symbolic."""

from __future__ import annotations

import base64
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from eksclave.terraform.values import AnyOf, Ref, Unknown, Value, is_symbolic, symbols

HOLE = "\x00"
"""Stands in a text for a part that is not known before apply."""


def text(value: Value) -> str:
    """Return a value as a template shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return HOLE if is_symbolic(value) else "" if value is None else str(value)


def call(name: str, given: list[Value]) -> Value:
    """Return what a function gives; one that we do not know, or that needs what is not known yet, gives Unknown."""
    function = _KNOWN.get(name)
    if function is None:
        return _unknown(f"{name}() is not read", given)
    if name not in _TAKES_SYMBOLS and any(is_symbolic(value) for value in given):
        return _unknown(f"{name}() of a value that is known only after apply", given)
    try:
        return function(*given)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return _unknown(f"{name}() cannot be worked out here", given)


def _unknown(reason: str, given: list[Value]) -> Unknown:
    found = [symbol for value in given for symbol in symbols(value) if isinstance(symbol, Ref)]
    return Unknown(reason, tuple(dict.fromkeys(found)))


def jsonencode(value: Value) -> str:
    """Return JSON text with a hole for every part that is not known yet."""
    import orjson

    return orjson.dumps(_holed(value)).decode()


def _holed(value: Value) -> Any:
    if isinstance(value, dict):
        return {key: _holed(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_holed(part) for part in value]
    return HOLE if is_symbolic(value) else value


def _distinct(values: list[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _flatten(values: list[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        found += _flatten(value) if isinstance(value, list) else [value]
    return found


def _merge(*maps: Any) -> dict[str, Value]:
    return {key: value for one in maps if one for key, value in one.items()}


def _element(values: list[Value], index: int) -> Value:
    return values[int(index) % len(values)]


def _lookup(values: dict[str, Value], key: str, *default: Value) -> Value:
    return values[key] if key in values else default[0]


def _coalesce(*values: Value) -> Value:
    return next(value for value in values if value not in (None, ""))


def _coalescelist(*values: Any) -> Value:
    return next(value for value in values if value)


def _join(separator: str, *values: Any) -> str:
    return separator.join(text(value) for value in _flatten(list(values)))


def _format(pattern: str, *values: Any) -> str:
    parts = pattern.replace("%%", "\x01").replace("%q", '"%s"').replace("%d", "%s").replace("%v", "%s")
    return (parts % tuple(text(value) for value in values)).replace("\x01", "%")


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = ip_network(prefix)
    length = network.prefixlen + int(bits)
    start = int(network.network_address) + (int(number) << (network.max_prefixlen - length))
    return str(ip_network((start, length)))


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    network = ip_network(prefix)
    at, found = int(network.network_address), []
    for extra in bits:
        length = network.prefixlen + int(extra)
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        found.append(str(ip_network((at, length))))
        at += size
    return found


def _jsondecode(value: str) -> Value:
    import orjson

    return orjson.loads(value)


def _same(value: Value) -> Value:
    return value


def _set(values: Any) -> list[Value]:
    return sorted(_distinct(values), key=str) if not any(map(is_symbolic, values)) else _distinct(values)


def _try(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _one(values: list[Value]) -> Value:
    return values[0] if values else None


def _zipmap(keys: list[str], values: list[Value]) -> dict[str, Value]:
    return dict(zip(keys, values, strict=True))


_KNOWN: dict[str, Callable[..., Value]] = {
    "abs": abs,
    "base64decode": lambda value: base64.b64decode(value).decode(),
    "base64encode": lambda value: base64.b64encode(value.encode()).decode(),
    "ceil": lambda value: int(-(-value // 1)),
    "chomp": lambda value: value.rstrip("\n"),
    "cidrhost": lambda prefix, number: str(ip_network(prefix)[int(number)]),
    "cidrsubnet": _cidrsubnet,
    "cidrsubnets": _cidrsubnets,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": lambda values: [value for value in values if value not in (None, "")],
    "concat": lambda *lists: [value for one in lists for value in one],
    "contains": lambda values, value: value in values,
    "distinct": _distinct,
    "element": _element,
    "endswith": lambda value, end: value.endswith(end),
    "flatten": _flatten,
    "floor": lambda value: int(value // 1),
    "format": _format,
    "index": lambda values, value: values.index(value),
    "join": _join,
    "jsondecode": _jsondecode,
    "jsonencode": jsonencode,
    "keys": sorted,
    "length": len,
    "lookup": _lookup,
    "lower": str.lower,
    "max": max,
    "merge": _merge,
    "min": min,
    "nonsensitive": _same,
    "one": _one,
    "range": lambda *bounds: list(range(*map(int, bounds))),
    "replace": lambda value, old, new: value.replace(old, new),
    "reverse": lambda values: values[::-1],
    "sensitive": _same,
    "setunion": lambda *sets: _set([value for one in sets for value in one]),
    "slice": lambda values, start, end: values[int(start) : int(end)],
    "sort": sorted,
    "split": lambda separator, value: value.split(separator),
    "startswith": lambda value, start: value.startswith(start),
    "substr": lambda value, start, size: value[start:] if size < 0 else value[start : start + size],
    "title": str.title,
    "tobool": lambda value: value in (True, "true"),
    "tolist": _same,
    "tomap": _same,
    "tonumber": lambda value: int(value) if str(value).lstrip("-").isdigit() else float(value),
    "toset": _set,
    "tostring": text,
    "trim": str.strip,
    "trimprefix": lambda value, start: value.removeprefix(start),
    "trimspace": str.strip,
    "trimsuffix": lambda value, end: value.removesuffix(end),
    "try": _try,
    "upper": str.upper,
    "values": lambda one: [one[key] for key in sorted(one)],
    "zipmap": _zipmap,
}
_TAKES_SYMBOLS = ("coalesce", "format", "join", "jsonencode", "nonsensitive", "sensitive", "tostring", "try", "lookup")


def choose(condition: Value, yes: Value, no: Value) -> Value:
    """Return the branch of a condition, or the choice where the condition is not known."""
    if is_symbolic(condition):
        return AnyOf((yes, no), "a condition that is known only after apply")
    return yes if condition in (True, "true") else no


def operate(operator: str, left: Value, right: Value) -> Value:
    """Return what an operator gives; of what is not known yet, Unknown."""
    if is_symbolic(left) or is_symbolic(right):
        return Unknown("known after apply")
    try:
        return {
            "==": lambda: left == right,
            "!=": lambda: left != right,
            "<": lambda: left < right,
            ">": lambda: left > right,
            "<=": lambda: left <= right,
            ">=": lambda: left >= right,
            "&&": lambda: left in (True, "true") and right in (True, "true"),
            "||": lambda: left in (True, "true") or right in (True, "true"),
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
            "%": lambda: left % right,
        }[operator]()
    except (TypeError, ZeroDivisionError):
        return Unknown("cannot be worked out")


def members(value: Value) -> list[Value] | None:
    """Return the members of a list or map, None where they are not known."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else None

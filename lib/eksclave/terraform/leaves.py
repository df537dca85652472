"""What an expression can be made of: the kinds of things that all its references lead to."""

from __future__ import annotations

from collections.abc import Iterable

from eksclave.terraform.flags import names_a_flag
from eksclave.terraform.kinds import attribute_kind
from eksclave.terraform.origins import tells_no_thing
from eksclave.terraform.peers import others_know
from eksclave.terraform.place import Place, instance_place
from eksclave.terraform.references import Term, terms
from eksclave.terraform.scope import Instance, Scope
from eksclave.terraform.values import Path

_NOT_IN_POLICIES = ("subnet", "route_table", "network_acl", "security_group", "gateway", "nat_gateway")
OPAQUE = "?"
FLAG = "flag"


def not_given(instance: Instance, path: Path, listed: Iterable[Term]) -> str:
    """Tell why an endpoint's optional argument, which the provider fills in, was not given; empty where it may be."""
    place = instance_place(instance)
    if path == ("policy",) and cannot_be_a_policy(listed, place):
        return "no policy is given: nothing it refers to fits in one"
    if path == ("policy",) and others_know(instance, "policy"):
        return "no policy is given: others of its block know theirs"
    if path == ("private_dns_enabled",) and cannot_be_a_flag(listed, place):
        return "not given, so false: nothing it refers to is a flag"
    return ""


def cannot_be_a_policy(listed: Iterable[Term], place: Place) -> bool:
    """Tell whether all that an expression refers to are things that no policy document names, like subnets.

    Then an endpoint's policy that is "known after apply" is simply not given: AWS fills in full access.
    """
    found = set(_leaves(listed, place, 0)) - {FLAG}
    return bool(found) and found <= set(_NOT_IN_POLICIES)


def cannot_be_a_flag(listed: Iterable[Term], place: Place) -> bool:
    """Tell whether all that an expression refers to are things with ids: then a flag that is not known is not given.

    What an expression makes of constants alone would be known.
    """
    return not {OPAQUE, FLAG} & set(_leaves(listed, place, 0))


def _leaves(listed: Iterable[Term], place: Place, depth: int) -> Iterable[str]:
    if depth > 12:
        yield OPAQUE
        return
    for term in listed:
        if term.root == "resource":
            yield _made(term)
        elif term.root == "data":
            yield OPAQUE
        elif term.root == "each" and term.name == "value":
            expression = place.for_each
            references = expression.get("references") if isinstance(expression, dict) else None
            yield from _leaves(terms(references or ()), place, depth + 1)
        elif term.root == "var":
            yield from _variable(term.name, place.scope, depth)
        elif term.root == "local":
            yield from _local(term.name, place, depth)
        elif term.root == "module":
            yield from _module(term, place.scope, depth)


def _made(term: Term) -> str:
    last = next((step for step in reversed(term.rest) if isinstance(step, str)), "id")
    kind = attribute_kind(f"{term.type.removeprefix('aws_')}_id") if last == "id" else attribute_kind(last)
    return kind.name if kind is not None else OPAQUE


def _variable(name: str, scope: Scope, depth: int) -> Iterable[str]:
    if scope.parent is None:
        return
    expression = (scope.call.get("expressions") or {}).get(name)
    references = expression.get("references") if isinstance(expression, dict) else None
    above = Place(scope.parent, scope.key, scope.call.get("for_each_expression"))
    yield from _leaves(terms(references or ()), above, depth + 1)


def _local(name: str, place: Place, depth: int) -> Iterable[str]:
    """A local that bears an input's name is made of that input; else its name may tell what it holds."""
    if name in (place.scope.call.get("expressions") or {}):
        yield from _variable(name, place.scope, depth + 1)
        return
    kind = attribute_kind(name) or attribute_kind(name.removesuffix("s"))
    if kind is not None:
        yield kind.name
    elif not tells_no_thing(name):
        yield OPAQUE
    elif names_a_flag(name):
        yield FLAG


def _module(term: Term, scope: Scope, depth: int) -> Iterable[str]:
    for child in scope.children.get(term.name, {}).values():
        outputs = child.configuration.get("outputs") or {}
        named = [str(step) for step in term.rest if step in outputs]
        if not named:
            yield OPAQUE
        for output in named:
            expression = outputs[output].get("expression") or {}
            yield from _leaves(terms(expression.get("references") or ()), Place(child), depth + 1)

"""Through module calls: an input back to what the call gives it, an output down to what the module makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from eksclave.terraform.exact import without_templates
from eksclave.terraform.outputs import could_be
from eksclave.terraform.place import Place, Trail, Want
from eksclave.terraform.references import Term, terms
from eksclave.terraform.scope import Key, Scope
from eksclave.terraform.settle import Hit, literal, usable
from eksclave.terraform.values import Path, dig
from eksclave.terraform.words import within, words

if TYPE_CHECKING:
    from eksclave.terraform.trace import Tracer


def variable(tracer: Tracer, name: str, path: Path, scope: Scope, want: Want, trail: Trail) -> list[Hit]:
    """Follow an input: the root's has its value, a module's the expression of the call or its default."""
    declared = scope.configuration.get("variables", {}).get(name) or {}
    if scope.parent is None:
        given = tracer.variables.get(name)
        found = dig(given.get("value") if isinstance(given, dict) else declared.get("default"), path)
        return [literal(found)] if usable(found, want.kind) else []
    expression = without_templates((scope.call.get("expressions") or {}).get(name))
    if not isinstance(expression, dict) or not expression:
        found = dig(declared.get("default"), path)
        return [literal(found)] if usable(found, want.kind) else []
    if "constant_value" in expression:
        found = dig(expression["constant_value"], path)
        return [literal(found)] if usable(found, want.kind) else []
    above = Place(scope.parent, scope.key, scope.call.get("for_each_expression"))
    listed = terms(expression.get("references") or ())
    hits = tracer.follow(listed, above, want, path, trail)
    if not hits and path:  # an object that the call puts together: its parts are all that is known
        return tracer.follow(listed, above, want, (), trail)
    return hits


def module(
    tracer: Tracer, name: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail
) -> list[Hit]:
    """Follow an output of a module call into the module."""
    children = place.scope.children.get(name, {})
    chosen, path = _children(tracer, children, path, listed, place, want)
    if len(chosen) < len(children):
        trail.spent.update(word for child in chosen for word in words(str(child.key)))
    want = replace(want, only=False)
    hits: list[Hit] = []
    for child in chosen:
        outputs = child.configuration.get("outputs") or {}
        asked = [str(path[0])] if path and path[0] in outputs else could_be(outputs, want.kind)
        for output in asked:
            if not tracer.can(Term("module", name, (output,)), place, want):
                continue
            expression = (outputs.get(output) or {}).get("expression") or {}
            inside = terms(expression.get("references") or ())
            rest = path[1:] if path and path[0] == output else path
            hits += tracer.follow(inside, Place(child), want, rest, trail)
    return hits


def _children(
    tracer: Tracer, children: Mapping[Key, Scope], path: Path, listed: Sequence[Term], place: Place, want: Want
) -> tuple[list[Scope], Path]:
    """Return the module instances that are meant, and the path inside them. A computed index is lost, too."""
    if path and path[0] in children and None not in children:
        return [children[path[0]]], path[1:]
    every = [children[key] for key in sorted(children, key=str)]
    if len(every) < 2:
        return every, path
    indexed = any(term.root in ("each", "count") for term in listed)
    if indexed and place.key in children:
        return [children[place.key]], path
    for index in (*tracer.lost(listed, place), *want.lost):
        fitting = [one for one in every if one.key in index]
        if fitting and len(fitting) < len(every):
            return fitting, path
    held = [one for one in every if indexed and isinstance(place.key, str) and within(str(one.key), place.key)]
    return (held if len(held) == 1 else every), path

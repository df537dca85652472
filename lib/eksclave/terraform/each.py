"""What each.value is: back into the for_each expression of the block, or of the module call, that is being read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from eksclave.terraform.calls import module, variable
from eksclave.terraform.exact import without_templates
from eksclave.terraform.pairs import paired
from eksclave.terraform.place import Place, Trail, Want
from eksclave.terraform.positions import at_position, numbered
from eksclave.terraform.references import Term, terms
from eksclave.terraform.settle import Hit, literal, one_of, reference, usable
from eksclave.terraform.steps import attribute_of
from eksclave.terraform.values import Path, dig

if TYPE_CHECKING:
    from eksclave.terraform.trace import Tracer


_NUMBER = re.compile(r"\[(\d+)\]$")
"""`{for … : "${name}[${i}]" => …}`: the place in a list stands at the end of the key."""


def each_value(tracer: Tracer, path: Path, place: Place, want: Want, trail: Trail) -> list[Hit]:
    """Return what a path of each.value can be for the instance that is being read."""
    expression, key, scope = without_templates(place.for_each), place.key, place.scope
    if not isinstance(expression, dict) or key is None:
        return []
    if "constant_value" in expression:
        constant = expression["constant_value"]
        found = dig(constant, (key, *path)) if isinstance(constant, dict) else key
        return [literal(found)] if usable(found, want.kind) else []
    through = terms(expression.get("references") or ())
    number = numbered(key, place.siblings) if isinstance(key, str) else None
    if number is not None and not any(key in scope.instances.get(term.name, {}) for term in through):
        hits = at_position(tracer, number, through, Place(scope), want, path, trail, 1)
        if hits:
            return hits
    given = [(term, hits) for term in through if (hits := _given(tracer, term, through, path, place, want, trail))]
    meant = paired(given, key, place.siblings, place.equal, trail.notes)
    hits = [hit for _, hits in meant for hit in hits]
    return [replace(hit, guessed=False) for hit in hits] if len(meant) < len(given) else hits


def _given(
    tracer: Tracer, term: Term, through: Sequence[Term], path: Path, place: Place, want: Want, trail: Trail
) -> list[Hit]:
    """Return what one term of the for_each expression gives at a path of the value."""
    key, scope = place.key, place.scope
    assert key is not None
    if term.root in ("resource", "data"):
        instances = scope.instances.get(term.name, {})
        if not instances:
            return []
        whole = (*term.rest, *path)
        attribute, _ = attribute_of(whole, next(iter(instances.values())), want.kind)
        alike = [one for one in instances.values() if key in one.after.values()]
        chosen = [instances[key]] if key in instances else alike or list(tracer.near(instances, want).values())
        values = [tracer.deref(ref) for one in chosen if (ref := reference(one, attribute, want.kind)) is not None]
        if want.plural and len(values) > 1:
            return [Hit(tuple(values), True)]
        return [Hit((one_of(values, "for_each"),))] if values else []
    if term.root == "var":
        return variable(tracer, term.name, (*term.rest, key, *path), scope, want, trail)
    if term.root == "local":
        numbers = _NUMBER.findall(str(key))
        keyed = replace(want, lost=(*want.lost, (key,), *((int(number),) for number in numbers)))
        hidden = tracer.local(term.name, path, [*through, Term("each", "key", ())], place, keyed, trail)
        return [replace(hit, guessed=True) for hit in hidden]
    if term.root == "module":
        return module(tracer, term.name, (*term.rest, key, *path), through, place, want, trail)
    return []

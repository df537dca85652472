"""From an attribute known only after apply back to what sets it, through modules, variables, outputs and locals.

Plan JSON lists the references of an expression, not the expression. What the kind of the attribute leaves open stays a
choice (`AnyOf`); what had to be assumed is said on the trail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eksclave.terraform.apart import one_a_zone, one_network, without_default
from eksclave.terraform.calls import module, variable
from eksclave.terraform.each import each_value
from eksclave.terraform.evidence import Evidence
from eksclave.terraform.exact import without_templates
from eksclave.terraform.flags import decided
from eksclave.terraform.kinds import POLICY_DOCUMENT, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC, attribute_kind
from eksclave.terraform.notes import Plain
from eksclave.terraform.origins import PASSING, Origins
from eksclave.terraform.outputs import flagged
from eksclave.terraform.pick import pick
from eksclave.terraform.place import Place, Trail, Want
from eksclave.terraform.positions import at_position, position
from eksclave.terraform.references import Term, terms
from eksclave.terraform.scope import Instance, Key, Scope
from eksclave.terraform.settle import Hit, alternatives, joinable, one_of, reference, settle, surest
from eksclave.terraform.shapes import Shapes, fitting
from eksclave.terraform.steps import attribute_of, by_words, joined, meant
from eksclave.terraform.tiers import tier_hits
from eksclave.terraform.values import AnyOf, Path, Ref, Unknown, Value
from eksclave.terraform.words import Lost

_DEEPEST = 40
_FARTHEST = 400
"""How many expressions are followed for one attribute: locals of locals may lead everywhere."""


@dataclass(frozen=True)
class Tracer:
    """Resolves expressions of one plan. `deref` gives what is known of a Ref's target, or the Ref itself."""

    deref: Callable[[Ref], Value]
    variables: Mapping[str, Any]
    evidence: Evidence
    shapes: Shapes
    origins: Origins
    left: list[int] = field(default_factory=lambda: [_FARTHEST])

    def value(self, expression: Any, place: Place, want: Want) -> tuple[Value, list[str]]:
        """Return the value of an unknown attribute with this configured expression, and what had to be assumed.

        A reading that gives a resource something of one that waits for it is no reading: it is made again without.
        """
        value, notes = self._value(expression, replace(place, block=""), want)
        if not place.block:
            return value, notes
        choices = value.candidates if isinstance(value, AnyOf) else (value,)
        if any(self._impossible(one, place) for one in choices):
            return self._value(expression, place, want)
        return value, notes

    def _impossible(self, choice: Value, place: Place) -> bool:
        return any(self._waits(one, place) for one in (choice if isinstance(choice, list) else [choice]))

    def _waits(self, value: Value, place: Place) -> bool:
        """Tell whether a value is of a block of this module that waits for the block that is being read."""
        if not isinstance(value, Ref):
            return False
        inside = value.address.removeprefix(f"{place.scope.address}." if place.scope.address else "")
        if inside.startswith("module.") or (place.scope.address and inside == value.address):
            return False
        name = re.sub(r"\[.*", "", inside)
        return self.origins.waits(place.scope, name, place.block)

    def _value(self, expression: Any, place: Place, want: Want) -> tuple[Value, list[str]]:
        expression = without_templates(expression)
        if isinstance(expression, dict) and "constant_value" in expression:
            return expression["constant_value"], []
        references = expression.get("references") if isinstance(expression, dict) else None
        if not isinstance(references, list):
            return Unknown("the plan does not keep this expression"), []
        trail, outer = Trail(), self.left[0]
        listed = terms(references)
        self.left[0] = _FARTHEST
        hits = self.follow(listed, place, want, (), trail)
        hits = by_words(hits, place.words - trail.spent, want, trail.notes, self.deref)
        used = tuple(Ref(term.name, term.rest) for term in listed if term.root in ("resource", "data"))
        exhausted, self.left[0] = self.left[0] < 0, outer
        if exhausted:
            return Unknown("it can come from too many places", used), trail.notes
        value = settle(hits, want.kind, want.plural, used)
        if want.kind is VPC:
            value = without_default(value, trail.notes)
        if want.plural and want.kind in (SUBNET, SECURITY_GROUP) and any(hit.many for hit in hits):
            value = one_network(value, self.deref)
        if want.apart and want.kind is SUBNET and any(hit.many for hit in hits):
            value = one_a_zone(value, self.deref, trail.notes)
        return value, trail.notes

    def output(self, expression: Any, scope: Scope, name: str) -> Value:
        """Return what a root output will be: by the kind that its name tells, or by its one plain reference."""
        listed = terms(expression.get("references") or ()) if isinstance(expression, dict) else []
        kind = attribute_kind(name.removesuffix("s")) or attribute_kind(name)
        plural = name.endswith("s")
        if kind is not None:
            value, _ = self.value(expression, Place(scope), Want(kind, plural))
            if not isinstance(value, Unknown):
                return value
        if len(listed) == 1:
            hits = self.follow(listed, Place(scope), Want(None, plural), (), Trail())
            if len(hits) == 1:
                return list(hits[0].members) if hits[0].many else hits[0].members[0]
        return Unknown("this output is known after apply")

    def follow(self, listed: Sequence[Term], place: Place, want: Want, rest: Path, trail: Trail) -> list[Hit]:
        """Return what each term of an expression can give, in order; terms that cannot be of the kind give nothing."""
        found: list[tuple[Term, list[Hit]]] = []
        if want.kind is not None:
            listed = decided(listed, place, self.variables, want.plural, trail.notes)
        leading = [term for term in listed if self.can(term, place, want)]
        silent = [term for term in leading if term.root == "local" and not self._speaks(term, rest, place, want)]
        leading = [term for term in leading if term not in silent]
        if want.kind is not POLICY_DOCUMENT:  # of some other policy in the configuration there is no telling
            leading += silent  # guesses count where nothing else fits
        if not leading:
            return []
        self.left[0] -= 1
        if self.left[0] < 0:
            return []
        number = position(listed, place, want, rest)
        if number is not None and (hits := at_position(self, number, listed, place, want, rest, trail, 2)):
            return hits
        deeper = self._with_lost_index(want, listed, place)
        for term in leading:
            if term in silent and any(not hit.guessed for _, hits in found for hit in hits):
                break
            mark = (id(place.scope), place.key, term, rest, want.lost)
            if mark in trail.following or len(trail.following) > _DEEPEST:
                continue
            trail.following.append(mark)
            path = (*term.rest, *rest)
            hits: list[Hit] = []
            shown = self._shown(term, path, place, deeper)
            below = replace(deeper, count=shown) if shown is not None else deeper
            if term.type in PASSING:
                hits = self._passed(term, path, place, below, trail)
            elif term.root in ("resource", "data"):
                hits = self._resource(term, path, listed, place, want, trail)
            elif term.root == "var":
                hits = variable(self, term.name, path, place.scope, below, trail)
            elif term.root == "module":
                hits = module(self, term.name, path, listed, place, below, trail)
            elif term.root == "local":
                hits = self.local(term.name, path, listed, place, below, trail)
            elif term.root == "each" and term.name == "value":
                hits = each_value(self, path, place, want, trail)
            if hits:
                found.append((term, hits if shown is None else fitting(hits, shown)))
            trail.following.pop()
        return surest(joined(meant(found, rest), listed, rest, want))

    def _speaks(self, term: Term, rest: Path, place: Place, want: Want) -> bool:
        from eksclave.terraform.locals import speaks

        if want.kind is None or any(isinstance(step, str) for step in (*term.rest, *rest)):
            return True
        return speaks(term.name, place.scope, want.kind)

    def can(self, term: Term, place: Place, want: Want) -> bool:
        return want.kind is None or self.origins.can(term, place.scope, place.for_each, want.kind)

    def _shown(self, term: Term, path: Path, place: Place, want: Want) -> int | None:
        """Return how many things a root output shows here; an index that was lost may be any word above."""
        if place.scope.parent is not None or not want.plural or want.kind is None:
            return None
        return self.shapes.length(term, path, want.lost)

    def block(self, name: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail) -> list[Hit]:
        """Return what a whole resource block gives: the ids of its instances."""
        return self._resource(Term("resource", name, ()), path, listed, place, want, trail)

    def _with_lost_index(self, want: Want, listed: Sequence[Term], place: Place) -> Want:
        """Plan JSON keeps no `[each.key]`: below variables, outputs and locals the key tells what is meant."""
        lost: list[Lost] = []
        for term in listed:
            counted = term.root == "count" and isinstance(place.key, int)
            keyed = term.root == "each" and term.name == "key"
            if (counted or keyed) and place.key is not None:
                lost.append((place.key,))
        lost += self.lost(listed, place)
        return replace(want, lost=(*want.lost, *lost), whole=False) if lost or want.whole else want

    def _resource(
        self, term: Term, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail
    ) -> list[Hit]:
        instances = place.scope.instances.get(term.name, {})
        if not instances:
            return []  # a block without instances gives nothing: try() and coalesce() go on to the next
        many = False
        if path and path[0] in instances:
            chosen, path = [instances[path[0]]], path[1:]
        elif path and isinstance(path[0], int) and all(isinstance(key, int) for key in instances):
            return []  # an index past the end, inside try()
        else:
            attribute, steps = attribute_of(path, next(iter(instances.values())), want.kind)
            lost = (*((step,) for step in steps), *self.lost(listed, place))
            near, told = self.near(instances, want), len(trail.notes)
            chosen = pick(term, near, listed, place, lost, want, trail.notes)
            if reference(chosen[0], attribute, want.kind) is None:
                del trail.notes[told:]
                return []
            if len(chosen) == len(near) and (open_tiers := tier_hits(term, chosen, listed, want, trail.notes)):
                return open_tiers
            picked = len(chosen) == 1 and any(other.root in ("each", "count") for other in listed)
            many, path = want.plural and None not in instances and not picked, attribute
        values = [self.deref(ref) for one in chosen if (ref := reference(one, path, want.kind)) is not None]
        if not values:
            return []
        if len(values) == 1 and isinstance(values[0], list):
            return [Hit(tuple(values[0]), True)]
        if many or len(values) == 1:
            return [Hit(tuple(values), many)]
        return [Hit((one_of(values, f"the plan does not keep which instance of {term.name}"),))]

    def _passed(self, term: Term, path: Path, place: Place, want: Want, trail: Trail) -> list[Hit]:
        """Follow what a resource hands on: its output is its input, its triggers are what they were set to."""
        steps = [step for step in path if isinstance(step, str)]
        argument = "input" if steps[:1] == ["output"] else steps[0] if steps else "input"
        hits: list[Hit] = []
        for one in place.scope.instances.get(term.name, {}).values():
            expression = without_templates((one.block.get("expressions") or {}).get(argument))
            listed = terms(expression.get("references") or ()) if isinstance(expression, dict) else []
            inside = Place(place.scope, one.key, one.block.get("for_each_expression"))
            hits += self.follow(listed, inside, want, tuple(steps[1:]), trail)
        return hits

    def near(self, instances: Mapping[Key, Instance], want: Want) -> Mapping[Key, Instance]:
        """Leave out what is surely in another VPC: an index that was lost cannot have meant it."""
        if not isinstance(want.vpc, (Ref, str)) or want.kind not in (SUBNET, ROUTE_TABLE, SECURITY_GROUP):
            return instances
        found = {}
        for key, one in instances.items():
            vpc = one.after.get("vpc_id") or self.deref(Ref(one.address, ("vpc_id",)))
            elsewhere = type(vpc) is type(want.vpc) and vpc != want.vpc and vpc != Ref(one.address, ("vpc_id",))
            if not elsewhere:
                found[key] = one
        return found or instances

    def lost(self, listed: Sequence[Term], place: Place) -> list[Lost]:
        """Return what other terms of an expression are known to say: words that may be the index the plan lost.

        `[for t in var.tiers : var.route_tables[t]]` leaves `var.tiers` and `var.route_tables`.
        """
        found: list[Lost] = []
        for term in listed:
            hits: list[Hit] = []
            if term.root == "each" and term.name == "value":
                hits = each_value(self, term.rest, place, Want(None, False), Trail())
            elif term.root == "var" and len(listed) > 1:
                hits = variable(self, term.name, term.rest, place.scope, Want(None, True), Trail())
            for hit in hits:
                members = tuple(m for m in hit.members if isinstance(m, (str, int)) and not isinstance(m, bool))
                if members and len(members) == len(hit.members):
                    found.append(members)
        return found

    def local(self, name: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail) -> list[Hit]:
        """A local can only come from this module: its resources, its inputs, its children's outputs."""
        from eksclave.terraform.locals import candidates, tells_its_kind

        if want.kind is None:
            return []
        hits, named = candidates(self, name, path, listed, place, want, trail)
        guessed = not named and not tells_its_kind(name, want.kind)
        lists = joinable(hits, flagged(place.scope, hits), want.only) if want.plural else alternatives(hits)
        if not lists:
            return []
        reason = f"the plan does not keep local.{name}"
        if want.plural and len(lists) > 1:
            return [Hit((AnyOf(tuple(lists), reason),), True, guessed)]
        if want.plural or len(lists[0]) == len(lists) == 1:
            said = ", ".join(map(str, lists[0][:3])) + (", …" if len(lists[0]) > 3 else "")
            text = f"local.{name} is taken to be {said}: {reason}"
            trail.notes.append(Plain(text) if (place.scope.address, name) in trail.alone and not want.plural else text)
            return [Hit(tuple(lists[0]), want.plural and (len(lists[0]) > 1 or name.endswith("s")), guessed)]
        return [Hit((one_of([member for one in lists for member in one], reason),), False, guessed)]

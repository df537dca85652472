"""What a local can be. Plan JSON has no locals, but a local sees only its own module: that bounds the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eksclave.terraform.calls import module, variable
from eksclave.terraform.kinds import Kind, attribute_kind, spelled_out
from eksclave.terraform.origins import is_another_thing
from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance, Scope
from eksclave.terraform.settle import Hit, formed
from eksclave.terraform.values import Path, is_symbolic
from eksclave.terraform.words import narrowed, telling, within, words

if TYPE_CHECKING:
    from eksclave.terraform.place import Place, Trail, Want
    from eksclave.terraform.trace import Tracer


def tells_its_kind(name: str, kind: Kind) -> bool:
    """Tell whether a local's name says that it holds such things."""
    return kind in (attribute_kind(name), attribute_kind(name.removesuffix("s")))


def speaks(name: str, scope: Scope, kind: Kind) -> bool:
    """Tell whether a local's name says what it holds: its kind, or the name of such a thing in its module."""
    if tells_its_kind(name, kind) or within("primary", name):
        return True
    types = (*kind.types, *(made_by for made_by, _ in kind.also))
    near = {block.rsplit(".", 1)[-1] for block in scope.of_types(types)}
    near |= {base(given, kind) for given in scope.call.get("expressions") or ()}
    for instances in scope.children.values():
        some = next(iter(instances.values()))
        near |= {base(output, kind) for output in some.configuration.get("outputs") or ()}
    return name in near or base(name, kind) in near


def candidates(
    tracer: Tracer, name: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail
) -> tuple[list[Hit], bool]:
    """Return what `local.NAME` can give: the module's own resources of the kind, its inputs, its children's outputs.

    Where something bears a step of the path (`local.groups["node"]`, `aws_security_group.node`) or the local's own
    name (`local.node_security_group_id`), only that, and True.
    """
    kind = want.kind
    assert kind is not None
    if is_another_thing(name, kind):
        return [], False
    found = _sources(tracer, name, path, listed, place, want, trail)
    wanted = [step for step in path if isinstance(step, str) and telling(step)]
    own = base(name, kind)
    if len(found) == 1 and tells_its_kind(name, kind):
        trail.alone.add((place.scope.address, name))
    named = False
    telling_name = tells_its_kind(name, kind)
    for word in (*wanted, *([own] if own else [])):
        exact = [one for one in found if one.base in (word, base(word, kind))]
        exact = [one for one in exact if not one.beside] or exact
        near = word in wanted or telling_name  # `local.worker_egress` is about workers, and need not be their group
        called = [one for one in found if one.beside and within("primary", word)]
        told = [one for one in found if word in wanted and _tells(word, one.instances)]
        bearing = (
            exact or called or told or [one for one in found if near and telling(one.base) and _alike(word, one.base)]
        )
        if bearing:
            found, named = bearing, True
    worn = [one for one in found if want.said & set(words(one.base))] if want.plural and not own and not wanted else []
    if not named and len(worn) == 1:
        found, named = worn, True  # `local.security_group_id` of a cluster is `aws_security_group.cluster`
    if not named and any(one.sure for one in found):
        found = [one for one in found if one.sure]
    spoken = [one for one in found if place.words & set(words(one.base))]
    indexed = bool(path) or any(lost != (place.key,) or isinstance(place.key, int) for lost in want.lost)
    if not named and not spoken and not indexed and any(one.hidden for one in found):
        found = [one for one in found if one.hidden]
    hits = [hit for one in found for hit in one.hits]
    if named and kind.name == "cluster":
        return hits, named  # the id of a cluster is its name, which may be known where the id is not
    return [hit for hit in hits if any(is_symbolic(m) or formed(m, kind) for m in hit.members)], named


@dataclass(frozen=True)
class Source:
    """One thing that a local can be made of. `sure` where its name or type says that it is of the kind.

    `beside`: AWS makes it beside another resource, such as a cluster's security group, which people call the primary
    one. `hidden`: some expression that the plan does not keep surely uses it.
    """

    base: str
    hits: list[Hit]
    sure: bool = True
    beside: bool = False
    hidden: bool = False
    instances: tuple[Instance, ...] = ()


def _tells(word: str, instances: Sequence[Instance]) -> bool:
    """Tell whether a step means some of a block's instances: by their keys, names or tags."""
    return bool(instances) and bool(narrowed((word,), instances))


def _sources(
    tracer: Tracer, name: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail
) -> list[Source]:
    kind = want.kind
    assert kind is not None
    found: list[Source] = []
    for block, hidden in _possible(tracer, place, kind).items():
        hits = _block(tracer, block, path, listed, place, want, trail)
        made_by, label = block.split(".")[-2:]
        beside = made_by not in kind.types
        label = base(str(_attribute(block, kind)[-1]), kind) if beside else label
        instances = () if beside else tuple(place.scope.instances.get(block, {}).values())
        found.append(Source(label, hits, beside=beside, hidden=hidden, instances=instances))
    for given in sorted(place.scope.call.get("expressions") or {}):
        if _can(tracer, Term("var", given, ()), place, kind):
            hits = variable(tracer, given, path, place.scope, want, trail)
            sure = given == name or tells_its_kind(given, kind)
            found.append(Source(base(given, kind), _whole(given, hits), sure))
    for child, instances in sorted(place.scope.children.items()):
        some = next(iter(instances.values()))
        for output in sorted(some.configuration.get("outputs") or {}):
            if not is_another_thing(output, kind) and _can(tracer, Term("module", child, (output,)), place, kind):
                inner = (output, *path) if None in instances else path
                hits = module(tracer, child, inner, listed, place, want, trail)
                found.append(Source(base(output, kind), _whole(output, hits), tells_its_kind(output, kind)))
    return [one for one in found if one.hits]


def _can(tracer: Tracer, term: Term, place: Place, kind: Kind) -> bool:
    return tracer.origins.can(term, place.scope, None, kind)


def _whole(name: str, hits: list[Hit]) -> list[Hit]:
    """What has a plural name is a list, also of one: it comes whole."""
    single = [hit for hit in hits if not hit.many]
    if not name.endswith("s") or not single:
        return hits
    whole = Hit(tuple(member for hit in single for member in hit.members), True, all(hit.guessed for hit in single))
    return [whole, *(hit for hit in hits if hit.many)]


def _alike(word: str, other: str) -> bool:
    return within(word, other) or within(other, word)


def _possible(tracer: Tracer, place: Place, kind: Kind) -> dict[str, bool]:
    """Return the blocks of the kind that hidden expressions can use, and whether each surely is in one.

    Surely: in some hidden expression, which need not be this one.
    """
    module, evidence = place.scope.address, tracer.evidence
    types = (*kind.types, *(made_by for made_by, _ in kind.also))
    blocks = [
        name
        for name in place.scope.of_types(types)
        if not (place.block and tracer.origins.waits(place.scope, name, place.block))
    ]
    attributes = {block: _attribute(block, kind) for block in blocks}
    possible = [block for block in blocks if evidence.may_be_hidden(module, block, attributes[block])]
    return {block: evidence.is_hidden(module, block, attributes[block]) for block in possible or blocks}


def _attribute(block: str, kind: Kind) -> Path:
    made_by = block.split(".")[-2]
    if made_by in kind.types:
        return (kind.attribute,)
    last = next(attribute for kind_type, attribute in kind.also if kind_type == made_by)
    return ("vpc_config", 0, last) if made_by == "aws_eks_cluster" else (last,)


def _block(
    tracer: Tracer, block: str, path: Path, listed: Sequence[Term], place: Place, want: Want, trail: Trail
) -> list[Hit]:
    from eksclave.terraform.place import Want as Wanted

    kind = want.kind
    assert kind is not None
    made_by = block.split(".")[-2]
    if made_by in kind.types:
        return tracer.block(block, path, listed, place, want, trail)
    if made_by == "aws_eks_cluster":  # the group that EKS makes is usually taken through a local
        term = Term("resource", block, ("vpc_config", 0, "cluster_security_group_id"))
        return tracer.follow([term], place, Wanted(kind, want.plural), (), trail)
    return []


def base(name: str, kind: Kind) -> str:
    """Return a name without the words of its kind: `node_security_group_ids` is about `node`."""
    name = name if attribute_kind(name) is None else spelled_out(name)
    for ending in ("_ids", "_id", "_arns", "_arn", "_names", "_name", "s"):
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    return name.removesuffix(kind.name.removesuffix("_arn").removesuffix("_name")).strip("_")

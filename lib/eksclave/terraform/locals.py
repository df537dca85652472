"""What a local can be. Plan JSON has no locals, but a local sees only its own module: that bounds the candidates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eksclave.terraform.kinds import Kind, attribute_kind
from eksclave.terraform.references import Term
from eksclave.terraform.settle import Hit, formed
from eksclave.terraform.values import Path, is_symbolic

if TYPE_CHECKING:
    from eksclave.terraform.trace import Place, Tracer, Trail, Want


_NO_THING = re.compile(
    r"^(create|enable|enabled|use|is|has|attach|should|manage|len|length|num|max|min|count)(_|$)"
    r"|_(count|enabled|config|tags|prefix|suffix|version|region|azs|zones|cidrs?|policies|labels|annotations)$"
    r"|^(name|region|azs|zones|tags|account_id|partition|dns_suffix|arch|environment|env)$"
)


def tells_its_kind(name: str, kind: Kind) -> bool:
    """Tell whether a local's name says that it holds such things."""
    return kind in (attribute_kind(name), attribute_kind(name.removesuffix("s")))


def _is_another_thing(name: str, kind: Kind) -> bool:
    """A flag, a number, or ids of another kind cannot be the value."""
    said = attribute_kind(name) or attribute_kind(name.removesuffix("s"))
    return said != kind if said is not None else bool(_NO_THING.search(name))


def candidates(
    tracer: Tracer, name: str, listed: Sequence[Term], place: Place, want: Want, trail: Trail
) -> tuple[list[Hit], bool]:
    """Return what `local.NAME` can give: the module's own resources of the kind, its inputs, its children's outputs.

    Where something bears the local's own name (`local.node_security_group_id`, `aws_security_group.node`), only that,
    and True.
    """
    kind = want.kind
    assert kind is not None
    if _is_another_thing(name, kind):
        return [], False
    named: list[Hit] = []
    others: list[Hit] = []
    wanted = base(name, kind)
    blocks = _possible(tracer, place, kind)
    for block in blocks:
        hits = _block(tracer, block, listed, place, want, trail)
        (named if wanted and block.split(".")[-1] == wanted else others).extend(hits)
    for variable in sorted(place.scope.call.get("expressions") or {}):
        if variable == name or tells_its_kind(variable, kind):
            hits = tracer.variable(variable, (), place.scope, want, trail)
            same = variable == name or (bool(wanted) and base(variable, kind) == wanted)
            (named if same else others).extend(hits)
    for child, instances in sorted(place.scope.children.items()):
        some = next(iter(instances.values()))
        for output in sorted(some.configuration.get("outputs") or {}):
            if tells_its_kind(output, kind):
                path = (output,) if None in instances else ()
                hits = tracer.module(child, path, listed, place, want, trail)
                (named if wanted and base(output, kind) == wanted else others).extend(hits)
    found = named or others
    return [hit for hit in found if any(is_symbolic(m) or formed(m, kind) for m in hit.members)], bool(named)


def _possible(tracer: Tracer, place: Place, kind: Kind) -> list[str]:
    """Return the blocks of the kind that hidden expressions can use; where some surely are, only those."""
    module, evidence = place.scope.address, tracer.evidence
    blocks = list(place.scope.of_types((*kind.types, *(made_by for made_by, _ in kind.also))))
    attributes = {block: _attribute(block, kind) for block in blocks}
    possible = [block for block in blocks if evidence.may_be_hidden(module, block, attributes[block])]
    surely = [block for block in possible if evidence.is_hidden(module, block, attributes[block])]
    return surely or possible or blocks


def _attribute(block: str, kind: Kind) -> Path:
    made_by = block.split(".")[-2]
    if made_by in kind.types:
        return (kind.attribute,)
    last = next(attribute for kind_type, attribute in kind.also if kind_type == made_by)
    return ("vpc_config", 0, last) if made_by == "aws_eks_cluster" else (last,)


def _block(tracer: Tracer, block: str, listed: Sequence[Term], place: Place, want: Want, trail: Trail) -> list[Hit]:
    from eksclave.terraform.trace import Want as Wanted

    kind = want.kind
    assert kind is not None
    made_by = block.split(".")[-2]
    if made_by in kind.types:
        return tracer.block(block, listed, place, want, trail)
    if made_by == "aws_eks_cluster":  # the group that EKS makes is usually taken through a local
        term = Term("resource", block, ("vpc_config", 0, "cluster_security_group_id"))
        return tracer.follow([term], place, Wanted(kind, want.plural), (), trail)
    return []


def base(name: str, kind: Kind) -> str:
    """Return a name without the words of its kind: `node_security_group_ids` is about `node`."""
    for ending in ("_ids", "_id", "_arns", "_arn", "_names", "_name", "s"):
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    return name.removesuffix(kind.name.removesuffix("_arn").removesuffix("_name")).strip("_")

"""What a local can be. Plan JSON has no locals, but a local sees only its own module: that bounds the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eksclave.terraform.kinds import Kind, attribute_kind
from eksclave.terraform.references import Term
from eksclave.terraform.settle import Hit

if TYPE_CHECKING:
    from eksclave.terraform.trace import Place, Tracer, Trail, Want


def candidates(tracer: Tracer, name: str, listed: Sequence[Term], place: Place, want: Want, trail: Trail) -> list[Hit]:
    """Return what `local.NAME` can give: the module's own resources of the kind, its inputs, its children's outputs.

    Where something bears the local's own name (`local.node_security_group_id`, `aws_security_group.node`), only that.
    """
    kind = want.kind
    assert kind is not None
    named: list[Hit] = []
    others: list[Hit] = []
    wanted = base(name, kind)
    for block in place.scope.of_types((*kind.types, *(made_by for made_by, _ in kind.also))):
        hits = _block(tracer, block, listed, place, want, trail)
        (named if wanted and block.split(".")[-1] == wanted else others).extend(hits)
    for variable in sorted(place.scope.call.get("expressions") or {}):
        if attribute_kind(variable) == kind or variable == name:
            hits = tracer.variable(variable, (), place.scope, want, trail)
            (named if wanted and base(variable, kind) == wanted else others).extend(hits)
    for child, instances in sorted(place.scope.children.items()):
        some = next(iter(instances.values()))
        for output in sorted(some.configuration.get("outputs") or {}):
            if attribute_kind(output) == kind or attribute_kind(output.removesuffix("s")) == kind:
                path = (output,) if None in instances else ()
                hits = tracer.module(child, path, listed, place, want, trail)
                (named if wanted and base(output, kind) == wanted else others).extend(hits)
    return named or others


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

"""What the declarations of a module tell: which outputs can be of a kind, which inputs are flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eksclave.terraform.flags import names_a_flag
from eksclave.terraform.kinds import Kind, attribute_kind
from eksclave.terraform.scope import Scope
from eksclave.terraform.values import Ref
from eksclave.terraform.words import telling, words

if TYPE_CHECKING:
    from eksclave.terraform.settle import Hit


def could_be(outputs: Mapping[str, Any], kind: Kind | None) -> list[str]:
    """Return the outputs that can give such a thing: those whose name says so, else those whose name says nothing."""
    if kind is None:
        return []
    said = {name: attribute_kind(name) or attribute_kind(name.removesuffix("s")) for name in sorted(outputs)}
    alike = [name for name, of in said.items() if of is not None and of.types == kind.types]
    return alike or [name for name, of in said.items() if of is None]


def flagged(scope: Scope, hits: Sequence[Hit]) -> bool:
    """Tell whether an input of the module is a flag for one of the single things: `attach_primary_security_group`."""
    said = [word for hit in hits if not hit.many for member in hit.members for word in _words_of(member)]
    for name, declared in (scope.configuration.get("variables") or {}).items():
        boolean = isinstance((declared or {}).get("default"), bool)
        if (boolean or names_a_flag(name)) and any(word in said for word in words(name) if telling(word)):
            return True
    return False


def _words_of(member: Any) -> Sequence[str]:
    if not isinstance(member, Ref):
        return ()
    last = next((step for step in reversed(member.path) if isinstance(step, str)), "")
    return (*words(last), *words(member.address.rsplit(".", 1)[-1]))

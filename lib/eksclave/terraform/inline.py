"""Rules inside a security group: the plan keeps one list of references for all of them, not which rule has which."""

from __future__ import annotations

from collections.abc import Sequence

from eksclave.terraform.exact import is_template
from eksclave.terraform.references import terms
from eksclave.terraform.scope import Instance
from eksclave.terraform.values import AnyOf, Value, plain

GROUPS = ("aws_security_group", "aws_default_security_group")
_PEERS = "security_groups"


def share_out(instance: Instance, name: str, value: Value) -> Value:
    """Return the rules with what each may name as its peers.

    Where several groups are named and several rules have some that are not known, each rule has one of them, or, with
    more references than rules, perhaps all. A description is no evidence: it stays when the group is mistaken.
    """
    rules, unknown = plain(value), instance.unknown.get(name) if isinstance(instance.unknown, dict) else None
    expression = (instance.block.get("expressions") or {}).get(name)
    if not isinstance(rules, list) or not isinstance(unknown, list) or not isinstance(expression, dict):
        return value
    if is_template(expression):
        return value  # read rule by rule already
    opened = [at for at, one in enumerate(unknown) if isinstance(one, dict) and one.get(_PEERS) is True]
    opened = [at for at in opened if at < len(rules) and isinstance(plain(rules[at]), dict)]
    groups = _groups([plain(rules[at]).get(_PEERS) for at in opened])
    if len(opened) < 2 or len(groups) < 2:
        return value
    named = [one for one in terms(expression.get("references") or ()) if one.root not in ("each", "count", "other")]
    single = [[group] for group in groups]
    choices = single if len(named) <= len(opened) else [*single, groups]
    found, peers = list(rules), AnyOf(tuple(choices), "the plan does not keep which rule names it")
    for at in opened:
        found[at] = {**plain(rules[at]), _PEERS: peers}
    return found


def _groups(listed: Sequence[Value]) -> list[Value]:
    """All groups that any rule may name, once each."""
    found: list[Value] = []
    for value in listed:
        lists = value.candidates if isinstance(value, AnyOf) else (value,)
        for one in lists:
            found += [group for group in (one if isinstance(one, list) else []) if group not in found]
    return found


def blocks_of(instance: Instance) -> Sequence[str]:
    """Return the attributes of a resource that hold rules inside it."""
    return ("ingress", "egress") if instance.type in GROUPS else ()

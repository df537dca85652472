"""Computed lists that show what other resources made, as they were before this plan: rules, routes, attachments.

After a refresh a security group's `ingress` shows the rules of `aws_vpc_security_group_ingress_rule`. Where the plan
deletes or changes such a rule, the group's own list is the past: what the rule said before is taken out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eksclave.terraform.scope import Instance, Json

Without = Callable[[list[Any], Json], list[Any]]
"""Return a parent's list without what a child said."""


def forget_the_past(document: Json, instances: Iterable[Instance]) -> None:
    """Take out of the instances' computed lists what deleted and changed resources said before, in place."""
    gone = [
        (str(change.get("type")), body["before"])
        for change in document.get("resource_changes") or ()
        if isinstance(change, dict) and isinstance(body := change.get("change"), dict)
        if {"delete", "update"} & set(body.get("actions") or ()) and isinstance(body.get("before"), dict)
        if change.get("type") in _CHILDREN
    ]
    if not gone:
        return
    by_id: dict[str, list[Instance]] = {}
    for one in instances:
        if one.mode == "managed" and one.action != "create" and isinstance(one.after.get("id"), str):
            by_id.setdefault(one.after["id"], []).append(one)
    for child, before in gone:
        for of, name, without in _CHILDREN[child]:
            at = name(before)
            for found in (one for parent in _ids(before.get(of)) for one in by_id.get(parent, ())):
                if at == "policy" and found.type == "aws_vpc_endpoint" and not _written(found, at):
                    found.after = {**found.after, at: None}
                elif isinstance(found.after.get(at), list) and not _written(found, at):
                    found.after = {**found.after, at: without(found.after[at], before)}


def _written(parent: Instance, name: str) -> bool:
    """What the configuration sets is the future, not a mirror."""
    expressions = parent.block.get("expressions")
    return isinstance(expressions, dict) and name in expressions


def _ids(value: Any) -> list[str]:
    members = value if isinstance(value, list) else [value]
    return [one for one in members if isinstance(one, str)]


def _bare(name: str, one: str) -> str:
    """A group of another account is named with it: `111122223333/sg-0a1b`; some APIs always name it."""
    return one.rpartition("/")[2] if name == "security_groups" else one


def _port(rule: Json, name: str) -> int:
    """All ports are written as -1, 0 or nothing."""
    value = rule.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def _protocol(rule: Json) -> str:
    said = str(rule.get("ip_protocol") or rule.get("protocol") or "-1").lower()
    return {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}.get(said, said)


def _rule(listed: list[Any], rule: Json) -> list[Any]:
    gone = {
        "cidr_blocks": _ids(rule.get("cidr_ipv4")) + _ids(rule.get("cidr_blocks")),
        "ipv6_cidr_blocks": _ids(rule.get("cidr_ipv6")) + _ids(rule.get("ipv6_cidr_blocks")),
        "prefix_list_ids": _ids(rule.get("prefix_list_id")) + _ids(rule.get("prefix_list_ids")),
        "security_groups": _ids(rule.get("referenced_security_group_id")) + _ids(rule.get("source_security_group_id")),
    }
    gone["security_groups"] = [_bare("security_groups", group) for group in gone["security_groups"]]
    own = rule.get("self") is True or rule.get("security_group_id") in gone["security_groups"]
    kept: list[Any] = []
    for entry in listed:
        if not isinstance(entry, dict) or _said(entry) != _said(rule):
            kept.append(entry)
            continue
        left = {name: [one for one in entry.get(name) or () if _bare(name, one) not in gone[name]] for name in gone}
        left_self = bool(entry.get("self")) and not own
        if left_self or any(left.values()):
            kept.append({**entry, **left, "self": left_self})
    return kept


def _said(rule: Json) -> tuple[str, int, int]:
    return _protocol(rule), _port(rule, "from_port"), _port(rule, "to_port")


def _route(listed: list[Any], route: Json) -> list[Any]:
    pairs = (
        ("destination_cidr_block", "cidr_block"),
        ("destination_ipv6_cidr_block", "ipv6_cidr_block"),
        ("destination_prefix_list_id", "destination_prefix_list_id"),
    )
    return [one for one in listed if not any(route.get(a) and one.get(b) == route[a] for a, b in pairs)]


def _entry(listed: list[Any], entry: Json) -> list[Any]:
    return [one for one in listed if one.get("rule_no") != entry.get("rule_number")]


def _member(of: str) -> Without:
    return lambda listed, child: [one for one in listed if one not in _ids(child.get(of))]


def _block(name: str, of: str) -> Without:
    return lambda listed, child: [
        one for one in listed if not (isinstance(one, dict) and one.get(name) == child.get(of))
    ]


def _always(name: str) -> Callable[[Json], str]:
    return lambda _child: name


def _direction(rule: Json) -> str:
    return "egress" if rule.get("type") == "egress" or rule.get("egress") is True else "ingress"


_CHILDREN: Mapping[str, tuple[tuple[str, Callable[[Json], str], Without], ...]] = {
    "aws_security_group_rule": (("security_group_id", _direction, _rule),),
    "aws_vpc_security_group_ingress_rule": (("security_group_id", _always("ingress"), _rule),),
    "aws_vpc_security_group_egress_rule": (("security_group_id", _always("egress"), _rule),),
    "aws_route": (("route_table_id", _always("route"), _route),),
    "aws_network_acl_rule": (("network_acl_id", _direction, _entry),),
    "aws_network_acl_association": (("network_acl_id", _always("subnet_ids"), _member("subnet_id")),),
    "aws_vpc_endpoint_route_table_association": (
        ("vpc_endpoint_id", _always("route_table_ids"), _member("route_table_id")),
    ),
    "aws_vpc_endpoint_subnet_association": (("vpc_endpoint_id", _always("subnet_ids"), _member("subnet_id")),),
    "aws_vpc_endpoint_security_group_association": (
        ("vpc_endpoint_id", _always("security_group_ids"), _member("security_group_id")),
    ),
    "aws_vpc_endpoint_policy": (("vpc_endpoint_id", _always("policy"), _member("policy")),),
    "aws_iam_role_policy_attachment": (("role", _always("managed_policy_arns"), _member("policy_arn")),),
    "aws_iam_policy_attachment": (("roles", _always("managed_policy_arns"), _member("policy_arn")),),
    "aws_iam_role_policy": (("role", _always("inline_policy"), _block("name", "name")),),
    "aws_route53_zone_association": (("zone_id", _always("vpc"), _block("vpc_id", "vpc_id")),),
    "aws_ec2_managed_prefix_list_entry": (("prefix_list_id", _always("entry"), _block("cidr", "cidr")),),
}
"""By the type of the child: its reference to the parent, the parent's computed list, what is taken out of it.

Source: the AWS provider's documentation of these resources; the lists are Optional and Computed there.
"""

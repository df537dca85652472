"""Security groups and their rules, from every way that Terraform has to write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from eksclave.net import PortRange
from eksclave.reach.build.base import GROUP, VPC, Build, once
from eksclave.reach.build.eks import cluster_vpc
from eksclave.reach.build.ports import ports, protocol
from eksclave.reach.build.unsure import Unsure, may_belong
from eksclave.reach.build.vpcs import extra_tags, owned
from eksclave.reach.facts.groups import (
    OWN_RANGE,
    GroupRef,
    GroupRule,
    Peer,
    SecurityGroup,
    cluster_group,
    cluster_group_key,
)
from eksclave.reach.facts.network import PrefixListRef
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, OneOf, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref, Sensitive
from eksclave.terraform.values import Unknown as NotKnown

_LISTS = ("prefix_list_id", "prefix_list_ids")


def security_groups(build: Build) -> tuple[SecurityGroup, ...]:
    """Return every group: made, read, the default one of each VPC, and the one that EKS makes for each cluster."""
    rules, unsure = _standalone_rules(build)
    found = [_group(build, group, rules, unsure) for group in owned(build, "aws_security_group")]
    found += [_adopted(build, group, rules, unsure) for group in build.of("aws_default_security_group")]
    for vpc in owned(build, "aws_vpc", "aws_default_vpc"):
        key = build.renamed[f"{vpc.address}.default_security_group_id"]
        if key.startswith(f"{vpc.address}#"):
            found.append(_default(vpc, key, tuple(rules.get(key, ())), may_belong(unsure, key)))
    for cluster in build.of("aws_eks_cluster", data=True):
        if build.cluster_address(cluster) == cluster.address:
            key = cluster_group_key(cluster.address)
            vpc = cluster_vpc(build, cluster)
            added = tuple(rules.get(key, ()))
            made = cluster_group(cluster.address, vpc, build.origin(cluster), added)
            found.append(replace(made, incomplete=may_belong(unsure, key)))
    tags = extra_tags(build, *GROUP)
    return once(replace(one, tags=tuple(sorted({*one.tags, *tags.get(one.key, ())}))) for one in found)


Rules = dict[str, list[GroupRule]]


def _group(build: Build, group: Resource, rules: Rules, unsure: Unsure) -> SecurityGroup:
    listed, incomplete = _inline(build, group)
    standalone = rules.get(group.address, [])
    known = {(rule.egress, rule.protocol, rule.peer, rule.ports) for rule in standalone}
    listed = [rule for rule in listed if (rule.egress, rule.protocol, rule.peer, rule.ports) not in known]
    incomplete = incomplete or may_belong(unsure, group.address)
    if group.mode == "data":
        incomplete = incomplete or "the group is only read: its rules are outside of the input"
    return SecurityGroup(
        group.address,
        build.origin(group),
        build.one(group.get("vpc_id"), *VPC) if group.get("vpc_id") is not None else NOT_IN_INPUT,
        (*listed, *standalone),
        incomplete,
        False,
        build.tags(group),
        build.tags_incomplete(group),
        build.text(group.get("id"), AFTER_APPLY),
        build.text(group.get("name")),
    )


def _adopted(build: Build, group: Resource, rules: Rules, unsure: Unsure) -> SecurityGroup:
    """`aws_default_security_group` removes all rules but those that it lists. Source: provider, that resource."""
    listed, incomplete = _inline(build, group)
    vpc = build.one(group.get("vpc_id"), *VPC)
    added = (*listed, *rules.get(group.address, ()))
    incomplete = incomplete or may_belong(unsure, group.address)
    return SecurityGroup(group.address, build.origin(group), vpc, added, incomplete, tags=build.tags(group))


def _default(vpc: Resource, key: str, added: tuple[GroupRule, ...], more: str) -> SecurityGroup:
    """Everything from itself in, everything out. Source: VPC user guide, default security groups."""
    origin = Origin(f"{vpc.address} (default security group)", vpc.construct)
    rules = (
        GroupRule(False, "all", GroupRef(key), origin),
        GroupRule(True, "all", IPv4Network("0.0.0.0/0"), origin),
        GroupRule(True, "all", IPv6Network("::/0"), origin),
        *added,
    )
    incomplete = "the VPC is only read: the rules of its default group are outside of the input"
    return SecurityGroup(key, origin, vpc.address, rules, incomplete if vpc.mode == "data" else more, name="default")


def _inline(build: Build, group: Resource) -> tuple[list[GroupRule], str]:
    """Return the rules inside a group; a direction that nobody configured has none (Terraform removes AWS's own)."""
    found: list[GroupRule] = []
    incomplete = ""
    for name in ("ingress", "egress"):
        listed = None if group.computed(name) else group.get(name)
        if isinstance(listed, (NotKnown, AnyOf, Ref)):
            incomplete = f"its {name} rules are not known: {getattr(listed, 'reason', 'known after apply')}"
            continue
        for at, block in enumerate(listed or ()):
            if isinstance(block, dict):
                found += _rules(build, group.address, build.origin(group, f"{name}[{at}]"), block, name == "egress")
            else:
                incomplete = f"its {name}[{at}] is not known"
    return found, incomplete


def _standalone_rules(build: Build) -> tuple[Rules, Unsure]:
    rules: Rules = {}
    unsure: Unsure = []
    kinds = (
        "aws_security_group_rule",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    )
    for rule in build.of(*kinds):
        owner = build.one(rule.get("security_group_id"), *GROUP)
        if not isinstance(owner, str):
            unsure.append((rule.address, owner.candidates if isinstance(owner, OneOf) else ()))
            continue
        egress = rule.get("type") == "egress" if rule.type == kinds[0] else rule.type == kinds[1]
        found = list(_rules(build, owner, build.origin(rule), _settled(build, rule), egress))
        rules.setdefault(owner, []).extend(found)
    return rules, unsure


def _settled(build: Build, rule: Resource) -> Mapping[str, Any]:
    """A rule names its peer in one way only: a source group beside ranges or `self` is what a condition left out."""
    values = {name: None if rule.computed(name) else value for name, value in rule.values.items()}
    if rule.type != "aws_security_group_rule":
        values["protocol"] = values.get("ip_protocol")
        return values
    source = build.world.resolve(values.get("source_security_group_id"))
    ranges = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids")
    if isinstance(source, (Ref, str)):
        values |= {name: None for name in ranges if isinstance(values.get(name), (AnyOf, NotKnown))}
    if any(values.get(name) for name in ranges) or values.get("self") is True:
        values["source_security_group_id"] = None
    return values


def _rules(build: Build, owner: str, origin: Origin, block: Mapping[str, Any], egress: bool) -> Iterator[GroupRule]:
    named = protocol(build, block.get("protocol"))
    span: Value[PortRange | None] = None
    if named in ("tcp", "udp") or isinstance(named, (Unknown, OneOf)):
        span = ports(build, block.get("from_port"), block.get("to_port"))
    peers = list(_peers(build, owner, block))
    for peer in peers or [Unknown("the other side of this rule is not known")]:
        yield GroupRule(egress, named, peer, origin, span)


def _peers(build: Build, owner: str, block: Mapping[str, Any]) -> Iterator[Value[Peer]]:
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        yield from _each(build, block.get(name), lambda value: _range(build, value))
    for name in _LISTS:
        yield from _each(build, block.get(name), lambda value: _prefix_list(build, value))
    for name in ("security_groups", "source_security_group_id", "referenced_security_group_id"):
        yield from _each(build, block.get(name), lambda value: _reference(build, value))
    if build.flag(block.get("self")) is True:
        yield GroupRef(owner)


def _each(build: Build, value: Any, convert: Any) -> Iterator[Value[Peer]]:
    if value in (None, ""):
        return
    if isinstance(value, Sensitive):
        value = value.value
    members = value if isinstance(value, list) else [value]
    resolved = build.world.resolve(value)
    if isinstance(resolved, list):
        members = resolved
    for member in members:
        yield convert(member)


def _range(build: Build, value: Any) -> Value[Peer]:
    """Return a range; one that AWS will give to a VPC or a subnet is known not to be everybody."""
    found = build.cidr(value)
    value = build.world.resolve(value)
    if isinstance(value, NotKnown) and len(value.references) == 1:
        value = value.references[0]
    own = isinstance(value, Ref) and value.path[-1:] in (("cidr_block",), ("ipv6_cidr_block",))
    return OWN_RANGE if own and isinstance(found, Unknown) else found


def _prefix_list(build: Build, value: Any) -> Value[Peer]:
    key = build.one(value, "aws_ec2_managed_prefix_list", "aws_prefix_list")
    return _referred(key, PrefixListRef)


def _reference(build: Build, value: Any) -> Value[Peer]:
    """A group of a peered VPC may be written as ACCOUNT/sg-ID."""
    if isinstance(value, str) and "/" in value:
        value = value.rsplit("/", 1)[1]
    return _referred(build.one(value, *GROUP), GroupRef)


def _referred(key: Value[str], made: Any) -> Value[Peer]:
    if isinstance(key, Unknown):
        return key
    if isinstance(key, OneOf):
        return OneOf(tuple(made(candidate) for candidate in key.candidates), key.reason)
    return made(key)

"""Network ACLs: inline and standalone rules, the default ACL as AWS makes it or as Terraform adopts it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from eksclave.net import PortRange
from eksclave.reach.build.base import NACL, VPC, Build, once
from eksclave.reach.build.ports import ports, protocol
from eksclave.reach.build.unsure import Unsure, may_belong
from eksclave.reach.build.vpcs import owned
from eksclave.reach.facts import network
from eksclave.reach.facts.network import NaclEntry
from eksclave.reach.facts.values import OneOf, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.values import Unknown as NotKnown


def nacls(build: Build) -> tuple[network.Nacl, ...]:
    """Return every network ACL, also the default one that AWS makes with each VPC."""
    rules: dict[str, list[NaclEntry]] = {}
    unsure: Unsure = []
    for rule in build.of("aws_network_acl_rule"):
        owner = build.one(rule.get("network_acl_id"), *NACL)
        if isinstance(owner, str):
            rules.setdefault(owner, []).append(_standalone(build, rule))
        else:
            unsure.append((rule.address, owner.candidates if isinstance(owner, OneOf) else ()))
    found = [_nacl(build, acl, rules, unsure) for acl in build.of("aws_network_acl", "aws_default_network_acl")]
    for vpc in owned(build, "aws_vpc", "aws_default_vpc"):
        key = build.renamed[f"{vpc.address}.default_network_acl_id"]
        if key.startswith(f"{vpc.address}#"):
            found.append(_made_by_aws(build, vpc, key, rules, unsure))
    return once(found)


def _nacl(
    build: Build,
    acl: Resource,
    rules: Mapping[str, list[NaclEntry]],
    unsure: Unsure,
) -> network.Nacl:
    default = acl.type == "aws_default_network_acl"
    entries = list(rules.get(acl.address, ()))
    numbers = {(entry.number, entry.egress) for entry in entries}
    incomplete = ""
    for name, egress in (("ingress", False), ("egress", True)):
        listed = None if acl.computed(name) else acl.get(name)
        if isinstance(listed, (NotKnown, AnyOf, Ref)):
            incomplete = f"its {name} rules are not known: {getattr(listed, 'reason', 'known after apply')}"
            continue
        for at, block in enumerate(listed or ()):
            if isinstance(block, dict):
                entry = _inline(build, acl, f"{name}[{at}]", block, egress)
                if (entry.number, egress) not in numbers:
                    entries.append(entry)
            else:
                incomplete = f"its {name}[{at}] is not known"
    incomplete = incomplete or may_belong(unsure, acl.address)
    vpc = build.one(acl.get("vpc_id"), *VPC)
    owner = vpc if isinstance(vpc, str) else f"{acl.address}#unknown-vpc"
    if default:
        said = build.world.resolve(acl.get("default_network_acl_id"))
        owner = said.address if isinstance(said, Ref) else owner
    return network.Nacl(acl.address, build.origin(acl), owner, tuple(entries), incomplete)


def _made_by_aws(
    build: Build,
    vpc: Resource,
    key: str,
    rules: Mapping[str, list[NaclEntry]],
    unsure: Unsure,
) -> network.Nacl:
    """Rule 100 allows everything, both ways, both families. Source: VPC user guide, default network ACLs."""
    origin = Origin(f"{vpc.address} (default network ACL)", vpc.construct)
    if vpc.mode == "data":
        return network.Nacl(key, origin, vpc.address, tuple(rules.get(key, ())), "the VPC is only read")
    entries = [
        NaclEntry(number, egress, True, "all", cidr, origin)
        for egress in (False, True)
        for number, cidr in ((100, IPv4Network("0.0.0.0/0")), (101, IPv6Network("::/0")))
    ]
    return network.Nacl(key, origin, vpc.address, (*entries, *rules.get(key, ())), may_belong(unsure, key))


def _standalone(build: Build, rule: Resource) -> NaclEntry:
    egress = build.flag(build.option(rule, "egress"))
    values = {**rule.values, "rule_no": rule.get("rule_number"), "action": rule.get("rule_action")}
    return _entry(build, build.origin(rule), values, egress is True, rule.address)


def _inline(build: Build, acl: Resource, attribute: str, block: Mapping[str, Any], egress: bool) -> NaclEntry:
    return _entry(build, build.origin(acl, attribute), block, egress, acl.address)


def _entry(build: Build, origin: Origin, block: Mapping[str, Any], egress: bool, owner: str) -> NaclEntry:
    named = protocol(build, block.get("protocol"))
    cidr = block.get("cidr_block") or block.get("ipv6_cidr_block")
    span: Value[PortRange | None] = None
    if named in ("tcp", "udp", "6", "17") or isinstance(named, (Unknown, OneOf)):
        span = ports(build, block.get("from_port"), block.get("to_port"))
    return NaclEntry(
        build.number(block.get("rule_no")),
        egress,
        build.typed(block.get("action"), lambda found: str(found).lower() == "allow", Unknown("no action is given")),
        named,
        build.cidr(cidr),
        origin,
        span,
    )

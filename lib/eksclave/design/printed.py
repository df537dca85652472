"""A design as people read it: what was decided, and why. Also as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from ipaddress import IPv4Network
from typing import Any

from eksclave.design.model import Design, EndpointPlan, NaclEntry, Rule
from eksclave.net import PortRange

INDENT = "  "


def as_values(part: Any) -> Any:
    """Return a part of a design as JSON values: networks and ports as text, in the order of the model's fields."""
    if is_dataclass(part) and not isinstance(part, type):
        if isinstance(part, PortRange):
            return str(part)
        return {field.name: as_values(getattr(part, field.name)) for field in fields(part)}
    if isinstance(part, Mapping):
        return {str(key): as_values(value) for key, value in part.items()}
    if isinstance(part, Enum):
        return part.value
    if isinstance(part, IPv4Network):
        return str(part)
    if isinstance(part, tuple | list):
        return [as_values(value) for value in part]
    return part


def lines(design: Design, rules: bool = True) -> Iterator[str]:
    """Yield the design as lines of text, without colours; `rules` says whether each rule is listed."""
    yield f"{design.name}: a private EKS {design.cluster.version} cluster in {design.region}, account {design.account}"
    yield f"{INDENT}uses {', '.join(design.features)}"
    yield from _section("network", _network(design, rules))
    yield from _section("endpoints", _endpoints(design))
    yield from _section("registry and images", _images(design))
    yield from _section("cluster", _cluster(design))
    yield from _section("access", _access(design))
    yield from _section("workloads", _workloads(design))
    if design.warnings:
        yield from _section("know that", design.warnings)


def summary(design: Design) -> Iterator[str]:
    """Yield the design in a few lines."""
    endpoints = design.endpoints
    made = [item for item in endpoints.items if item.mode == "create"]
    copied = [image for image in design.images if image.origin == "copy"]
    yield f"{len(design.network.zones)} zones, {len(design.network.subnets)} subnets, no way in or out of the VPC"
    yield f"{len(made)} VPC endpoints, ${endpoints.monthly_usd:.2f} a month ({endpoints.price_note})"
    yield f"{len(design.images)} images, {len(copied)} of them to copy into {design.registry.host}"
    yield f"{len(design.cluster.roles)} roles, {len(design.cluster.addons)} add-ons"


def _section(title: str, body: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    for line in body:
        yield f"{INDENT}{line}".rstrip()


def _network(design: Design, rules: bool) -> Iterator[str]:
    network = design.network
    yield from network.reasons
    yield ""
    rows = [(subnet.key, str(subnet.cidr or subnet.id)) for subnet in network.subnets]
    yield from _table(rows)
    if not rules:
        return
    for nacl in network.nacls:
        yield ""
        yield f"network ACL of {nacl.key}"
        yield from (f"{INDENT}{row}" for row in _table([_entry(entry) for entry in nacl.entries]))


def _entry(entry: NaclEntry) -> tuple[str, ...]:
    way = "in from" if entry.direction == "ingress" else "out to"
    what = f"{entry.protocol.value} {entry.ports}" if entry.protocol else "everything"
    return (str(entry.number), way, str(entry.cidr), what, f"{entry.reason} ({', '.join(entry.because)})")


def _endpoints(design: Design) -> Iterator[str]:
    endpoints = design.endpoints
    for item in endpoints.items:
        price = f"${item.monthly_usd:.2f} a month" if item.monthly_usd else "free" if item.mode == "create" else ""
        yield f"{item.service:<22} {item.mode} {item.kind}  {price}".rstrip()
        for reason in item.required_by:
            yield f"{INDENT}{reason}"
        yield f"{INDENT}policy: {_policy(item)}"
    yield ""
    yield f"total ${endpoints.monthly_usd:.2f} a month; {endpoints.price_note}"
    yield ""
    yield "security group of the endpoints"
    yield from (f"{INDENT}{row}" for row in _table([_rule(rule) for rule in endpoints.rules]))


def _policy(item: EndpointPlan) -> str:
    if item.policy is None:
        return "full access" if item.mode == "create" else "not ours"
    count = sum(len(statement["Action"]) for statement in item.policy["Statement"])
    return f"{count} actions in {len(item.policy['Statement'])} statements"


def _rule(rule: Rule) -> tuple[str, ...]:
    way = "in from" if rule.direction == "ingress" else "out to"
    return (way, rule.peer, f"{rule.protocol.value} {rule.ports}", f"{rule.reason} ({', '.join(rule.because)})")


def _images(design: Design) -> Iterator[str]:
    for image in design.images:
        where = {
            "aws": "pulled as it is",
            "cache": f"cached as {image.mirrored}",
            "copy": f"copied to {image.mirrored}",
        }
        yield f"{image.canonical}"
        yield f"{INDENT}{where[image.origin]}; for {', '.join(image.required_by)}"


def _cluster(design: Design) -> Iterator[str]:
    cluster = design.cluster
    yield from cluster.reasons
    yield ""
    for group in cluster.node_groups:
        sizes = f"{group.min_size} to {group.max_size} nodes, {group.desired_size} at first"
        yield f"node group {group.name}: {', '.join(group.instance_types)}, {group.ami_type}, {sizes}"
        yield f"{INDENT}{group.reason}"
    for profile in cluster.fargate:
        yield f"Fargate profile {profile.name}: {profile.reason}"
    if cluster.auto_mode_pools:
        yield f"EKS Auto Mode, node pools {', '.join(cluster.auto_mode_pools)}"
    yield ""
    for addon in cluster.addons:
        yield f"add-on {addon.name} {addon.version or '(version by EKS)'}: {addon.reason}"
    yield ""
    for role in cluster.roles:
        granted = [arn.rpartition("/")[2] for arn in role.managed_policies]
        granted += [f"{statement.sid}" for statement in role.statements]
        yield f"role {role.name} ({role.trust}): {role.reason}"
        yield f"{INDENT}{', '.join(granted)}"


def _access(design: Design) -> Iterator[str]:
    yield from design.access.reasons
    if bastion := design.access.bastion:
        yield f"bastion {bastion.instance_type} in {bastion.subnet}: {bastion.reason}"
        yield from (f"{INDENT}{row}" for row in _table([_rule(rule) for rule in bastion.rules]))
    for peering in design.access.peerings:
        yield f"peering {peering.key}: {peering.vpc_id}, {peering.cidr}"
    if gateway := design.access.transit_gateway:
        yield f"transit gateway {gateway.id}: {', '.join(map(str, gateway.cidrs))}"
    yield "into the cluster's security group"
    yield from (f"{INDENT}{row}" for row in _table([_rule(rule) for rule in design.access.api_rules]))


def _workloads(design: Design) -> Iterator[str]:
    workloads = design.workloads
    yield from workloads.reasons
    for controller in workloads.controllers:
        yield f"{controller.name}, {controller.replicas} replicas: {controller.reason}"
        yield f"{INDENT}{' '.join(controller.arguments)}"
    for ingress in workloads.ingresses:
        yield f"ingress {ingress.namespace}/{ingress.name}: {ingress.host or '*'}{ingress.path} to {ingress.service}"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with their columns aligned."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

"""Route tables with their routes, and the gateways that routes lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.reach.build.base import TABLE, VPC, Build, once
from eksclave.reach.build.unsure import Unsure, may_belong
from eksclave.reach.build.vpcs import owned
from eksclave.reach.facts import network
from eksclave.reach.facts.network import PrefixListRef, Route, TargetKind
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, OneOf, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.values import Unknown as NotKnown

_TARGETS = {
    "nat_gateway_id": (TargetKind.NAT_GATEWAY, "aws_nat_gateway"),
    "transit_gateway_id": (TargetKind.TRANSIT_GATEWAY, "aws_ec2_transit_gateway"),
    "vpc_peering_connection_id": (TargetKind.PEERING, "aws_vpc_peering_connection"),
    "egress_only_gateway_id": (TargetKind.EGRESS_ONLY, "aws_egress_only_internet_gateway"),
    "vpc_endpoint_id": (TargetKind.APPLIANCE, "aws_vpc_endpoint"),
    "network_interface_id": (TargetKind.APPLIANCE, "aws_network_interface"),
    "instance_id": (TargetKind.APPLIANCE, "aws_instance"),
    "carrier_gateway_id": (TargetKind.OTHER, "aws_ec2_carrier_gateway"),
    "local_gateway_id": (TargetKind.OTHER, "aws_ec2_local_gateway"),
    "core_network_arn": (TargetKind.OTHER, "aws_networkmanager_core_network"),
    "odb_network_arn": (TargetKind.OTHER, "aws_odb_network"),
}
_DESTINATIONS = ("cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block")
_PREFIX_LISTS = ("destination_prefix_list_id",)


def route_tables(build: Build) -> tuple[network.RouteTable, ...]:
    """Return every table, also the main one that AWS makes with each VPC."""
    routes: dict[str, list[Route]] = {}
    unsure: Unsure = []
    for route in build.of("aws_route"):
        table = build.one(route.get("route_table_id"), *TABLE)
        if isinstance(table, str):
            routes.setdefault(table, []).append(_route(build, route, build.origin(route), route.values))
        else:
            unsure.append((route.address, table.candidates if isinstance(table, OneOf) else ()))
    propagated: dict[str, list[str]] = {}
    for propagation in build.of("aws_vpn_gateway_route_propagation"):
        table = build.key(propagation.get("route_table_id"), *TABLE)
        gateway = build.key(propagation.get("vpn_gateway_id"), "aws_vpn_gateway")
        if table and gateway:
            propagated.setdefault(table, []).append(gateway)
    found = [
        _table(build, table, routes, propagated, unsure)
        for table in owned(build, "aws_route_table", "aws_default_route_table")
    ]
    found += _made_by_aws(build, routes, propagated, unsure)
    return once(found)


def _table(
    build: Build,
    table: Resource,
    routes: Mapping[str, list[Route]],
    propagated: Mapping[str, list[str]],
    unsure: Unsure,
) -> network.RouteTable:
    key = build.key(Ref(table.address, ("id",)), *TABLE) or table.address
    listed = list(routes.get(key, ()))
    given = {(str(route.destination), route.kind) for route in listed}
    incomplete = ""
    name = "route" if table.type != "aws_route_table" or table.mode != "data" else "routes"
    inline = None if table.computed(name) else table.get(name)
    if isinstance(inline, (NotKnown, AnyOf, Ref)):
        incomplete = f"its routes are not known: {getattr(inline, 'reason', 'known after apply')}"
    elif isinstance(inline, list):
        for at, block in enumerate(inline):
            if isinstance(block, dict):
                route = _route(build, table, build.origin(table, f"{name}[{at}]"), block)
                if (str(route.destination), route.kind) not in given and route.kind is not TargetKind.LOCAL:
                    listed.append(route)
            else:
                incomplete = f"its {name}[{at}] is not known"
    incomplete = incomplete or may_belong(unsure, key)
    if table.mode == "data" and not isinstance(inline, list):
        incomplete = incomplete or "the table is only read"
    gateways = table.get("propagating_vgws")
    names = build.many(gateways, "aws_vpn_gateway") if isinstance(gateways, list) else ()
    propagating = {*(names if isinstance(names, tuple) else ()), *propagated.get(key, ())}
    return network.RouteTable(
        key,
        build.origin(table),
        _vpc_of(build, table),
        tuple(listed),
        incomplete,
        tuple(sorted(propagating)),
        build.tags(table),
    )


def _vpc_of(build: Build, table: Resource) -> str:
    """An adopted main table is named through its VPC; what the provider computes says nothing."""
    said = build.world.resolve(table.get("default_route_table_id"))
    if isinstance(said, Ref):
        return said.address
    owner = build.one(build.option(table, "vpc_id"), *VPC)
    return owner if isinstance(owner, str) else f"{table.address}#unknown-vpc"


def _made_by_aws(
    build: Build,
    routes: Mapping[str, list[Route]],
    propagated: Mapping[str, list[str]],
    unsure: Unsure,
) -> list[network.RouteTable]:
    found: list[network.RouteTable] = []
    for vpc in owned(build, "aws_vpc", "aws_default_vpc"):
        for attribute in ("main_route_table_id", "default_route_table_id"):
            key = build.renamed[f"{vpc.address}.{attribute}"]
            if key.startswith(f"{vpc.address}#"):
                origin = Origin(f"{vpc.address} (main route table)", vpc.construct)
                incomplete = "the VPC is only read" if vpc.mode == "data" else may_belong(unsure, key)
                gateways = tuple(sorted(propagated.get(key, ())))
                listed = tuple(routes.get(key, ()))
                found.append(network.RouteTable(key, origin, vpc.address, listed, incomplete, gateways))
    return found


def _route(build: Build, owner: Resource, origin: Origin, block: Mapping[str, Any]) -> Route:
    kind, target = _target(build, owner, block)
    return Route(_destination(build, owner, block), kind, origin, target)


def _given(build: Build, owner: Resource, block: Mapping[str, Any], name: str) -> Any:
    """Return an argument that somebody set: computed ones of a standalone route are not."""
    value = build.world.resolve(block.get(name)) if name in block else None
    if value in (None, ""):
        return None
    if isinstance(value, Ref) and value.address == owner.address:
        return None
    return value


def _destination(build: Build, owner: Resource, block: Mapping[str, Any]) -> Value[network.Network | PrefixListRef]:
    for name in _DESTINATIONS:
        value = _given(build, owner, block, name)
        if value is not None:
            return build.cidr(value)  # type: ignore[return-value]
    for name in _PREFIX_LISTS:
        value = _given(build, owner, block, name)
        if value is not None:
            key = build.one(value, "aws_ec2_managed_prefix_list", "aws_prefix_list")
            return PrefixListRef(key) if isinstance(key, str) else Unknown("a prefix list that is not known")
    return Unknown("the destination is not known")


def _target(build: Build, owner: Resource, block: Mapping[str, Any]) -> tuple[TargetKind, Value[str]]:
    if block.get("state") == "blackhole":
        return TargetKind.BLACKHOLE, ""
    for name, (kind, family) in _TARGETS.items():
        value = _given(build, owner, block, name)
        if value is not None:
            return kind, build.one(value, family)
    value = _given(build, owner, block, "gateway_id")
    if value is not None:
        return _gateway(build, value)
    return TargetKind.UNKNOWN, Unknown("the target is not known")


def _gateway(build: Build, value: Any) -> tuple[TargetKind, Value[str]]:
    """`gateway_id` takes an internet gateway, a virtual private gateway, a gateway endpoint, or the word `local`."""
    key = build.one(value, "aws_internet_gateway", "aws_vpn_gateway", "aws_vpc_endpoint")
    names = key.candidates if isinstance(key, OneOf) else (key,) if isinstance(key, str) else ()
    kinds = {_gateway_kind(build, name) for name in names}
    return (kinds.pop(), key) if len(kinds) == 1 else (TargetKind.UNKNOWN, key)


def _gateway_kind(build: Build, key: str) -> TargetKind:
    if key == "local":
        return TargetKind.LOCAL
    resource = build.world.resources.get(key)
    kind = resource.type if resource is not None else key.split("-")[0]
    return {
        "aws_internet_gateway": TargetKind.INTERNET_GATEWAY,
        "igw": TargetKind.INTERNET_GATEWAY,
        "aws_vpn_gateway": TargetKind.VPN_GATEWAY,
        "vgw": TargetKind.VPN_GATEWAY,
        "aws_vpc_endpoint": TargetKind.GATEWAY_ENDPOINT,
        "vpce": TargetKind.GATEWAY_ENDPOINT,
    }.get(kind, TargetKind.UNKNOWN)


def internet_gateways(build: Build) -> tuple[network.InternetGateway, ...]:
    """Return the internet gateways with the VPC each is attached to."""
    attached = {
        build.key(a.get("internet_gateway_id"), "aws_internet_gateway"): build.one(a.get("vpc_id"), *VPC)
        for a in build.of("aws_internet_gateway_attachment")
    }
    found: list[network.InternetGateway] = []
    for gateway in build.of("aws_internet_gateway", data=True):
        vpc = build.option(gateway, "vpc_id")
        if vpc is None and gateway.blocks("attachments"):
            vpc = gateway.blocks("attachments")[0].get("vpc_id")
        owner = attached.get(gateway.address, NOT_IN_INPUT) if vpc is None else build.one(vpc, *VPC)
        found.append(network.InternetGateway(gateway.address, build.origin(gateway), owner))
    for gateway in build.of("aws_egress_only_internet_gateway"):
        vpc = build.one(gateway.get("vpc_id"), *VPC)
        found.append(network.InternetGateway(gateway.address, build.origin(gateway), vpc, True))
    return once(found)


def nat_gateways(build: Build) -> tuple[network.NatGateway, ...]:
    """Return the NAT gateways; those without `connectivity_type` are public."""
    return once(
        network.NatGateway(
            nat.address,
            build.origin(nat),
            build.one(nat.get("subnet_id"), "aws_subnet"),
            build.typed(build.option(nat, "connectivity_type"), lambda found: found != "private", True),
        )
        for nat in build.of("aws_nat_gateway", data=True)
    )


def prefix_lists(build: Build) -> tuple[network.PrefixList, ...]:
    """Return the prefix lists, also those that gateway endpoints name."""
    found: list[network.PrefixList] = []
    entries: dict[str, list[Value[network.Network]]] = {}
    for entry in build.of("aws_ec2_managed_prefix_list_entry"):
        owner = build.key(entry.get("prefix_list_id"), "aws_ec2_managed_prefix_list")
        if owner:
            entries.setdefault(owner, []).append(build.cidr(entry.get("cidr")))
    for listed in build.of("aws_ec2_managed_prefix_list", "aws_prefix_list", data=True):
        name = listed.get("name")
        service = name.split(".")[-1] if isinstance(name, str) and name.startswith("com.amazonaws.") else ""
        blocks = None if listed.computed("entry") else listed.get("entry") or listed.get("entries")
        ranges = [build.cidr(block.get("cidr")) for block in blocks or () if isinstance(block, dict)]
        ranges += entries.get(listed.address, [])
        if isinstance(listed.get("cidr_blocks"), list):
            ranges += [build.cidr(cidr) for cidr in listed.get("cidr_blocks")]
        known = tuple(sorted((r for r in ranges if not isinstance(r, (Unknown, OneOf))), key=str))
        complete = len(known) == len(ranges) and not isinstance(blocks, (Ref, NotKnown, AnyOf))
        contents: Value[tuple[network.Network, ...]] = known if complete else AFTER_APPLY
        if service and not known:
            contents = NOT_IN_INPUT
        region = listed.region or NOT_IN_INPUT
        found.append(network.PrefixList(listed.address, build.origin(listed), contents, service, region))
    for endpoint in build.of("aws_vpc_endpoint", data=True):
        service = endpoint.get("service_name")
        if isinstance(service, str) and endpoint.get("vpc_endpoint_type") in (None, "Gateway"):
            key = build.key(Ref(endpoint.address, ("prefix_list_id",))) or f"{endpoint.address}.prefix_list_id"
            cidrs = build.items(build.option(endpoint, "cidr_blocks"))
            known = tuple(sorted((build.cidr(c) for c in cidrs), key=str)) if cidrs else Unknown("AWS's own list")
            name = service.split(".")[-1]
            region = endpoint.region or NOT_IN_INPUT
            found.append(network.PrefixList(key, build.origin(endpoint), known, name, region))  # type: ignore[arg-type]
    return once(found)

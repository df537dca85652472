"""What joins VPCs to each other and to the outside: peering, transit gateways, VPN."""

from __future__ import annotations

from eksclave.reach.build.base import GROUP, SUBNET, VPC, Build, once
from eksclave.reach.facts import links
from eksclave.reach.facts.network import PrefixListRef
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Unknown, Value
from eksclave.terraform.model import Resource

_PEERING = ("aws_vpc_peering_connection",)
_GATEWAY = ("aws_ec2_transit_gateway",)
_ATTACHMENT = ("aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_transit_gateway_peering_attachment")
_TABLE = ("aws_ec2_transit_gateway_route_table",)


def peerings(build: Build) -> tuple[links.Peering, ...]:
    """Return the peering connections; one is accepted by itself, by an accepter or as its status says."""
    accepters = {
        build.key(one.get("vpc_peering_connection_id"), *_PEERING): one
        for one in build.of("aws_vpc_peering_connection_accepter")
    }
    options: dict[str | None, list[Resource]] = {}
    for one in build.of("aws_vpc_peering_connection_options"):
        options.setdefault(build.key(one.get("vpc_peering_connection_id"), *_PEERING), []).append(one)
    found: list[links.Peering] = []
    for peering in build.of(*_PEERING, data=True):
        accepter = accepters.get(peering.address)
        beside = [peering, *([accepter] if accepter else []), *options.get(peering.address, ())]
        found.append(
            links.Peering(
                peering.address,
                build.origin(peering),
                build.one(peering.get("vpc_id"), *VPC),
                build.one(peering.get("peer_vpc_id"), *VPC),
                _accepted(build, peering, accepter),
                _resolves(build, beside, "requester"),
                _resolves(build, beside, "accepter"),
                _crosses(build, peering),
            )
        )
    return once(found)


def _crosses(build: Build, peering: Resource) -> bool:
    """Tell whether a peering joins two Regions; a state fills in `peer_region` always, and has no provider's own."""
    ends = [build.world.resources.get(build.key(peering.get(name), *VPC) or "") for name in ("vpc_id", "peer_vpc_id")]
    own, peer = (end.region if end is not None else None for end in ends)
    own = peering.region or own
    there = peer or build.world.resolve(build.option(peering, "peer_region"))
    return there not in (None, "") and own is not None and there != own


def _accepted(build: Build, peering: Resource, accepter: Resource | None) -> Value[bool]:
    status = peering.get("accept_status") or peering.get("status")
    if peering.get("auto_accept") is True or (accepter is not None and accepter.get("auto_accept") is True):
        return True
    if isinstance(status, str) and status:
        return status == "active"
    if accepter is None and build.option(peering, "peer_owner_id") not in (None, ""):
        return Unknown("the other account must accept it")
    return False


def _resolves(build: Build, beside: list[Resource], side: str) -> Value[bool]:
    for resource in beside:
        if resource.computed(side):
            continue
        block = resource.block(side)
        if "allow_remote_vpc_dns_resolution" in block:
            return build.flag(block["allow_remote_vpc_dns_resolution"])
    return False


def transit_gateways(build: Build) -> tuple[links.TransitGateway, ...]:
    """Return the transit gateways; each has a default route table unless that is switched off."""
    found: list[links.TransitGateway] = []
    for gateway in build.of(*_GATEWAY, data=True):
        default = build.typed(
            build.option(gateway, "default_route_table_association"), lambda found: found != "disable", True
        )
        table = _default_table(build, gateway) if default is True else None
        found.append(
            links.TransitGateway(
                gateway.address,
                build.origin(gateway),
                table,
                build.flag(build.option(gateway, "security_group_referencing_support")),
                build.flag(build.option(gateway, "dns_support"), True),
            )
        )
    return once(found)


def _default_table(build: Build, gateway: Resource) -> str:
    found = build.world.resolve(gateway.get("association_default_route_table_id"))
    if isinstance(found, str) and found:
        return build.key(found, *_TABLE) or found
    return f"{gateway.address}.association_default_route_table_id"


def transit_attachments(build: Build) -> tuple[links.TransitGatewayAttachment, ...]:
    """Return the attachments with the route table that decides for what arrives from each."""
    associated: dict[str | None, Value[str | None]] = {}
    for one in build.of("aws_ec2_transit_gateway_route_table_association"):
        key = build.key(one.get("transit_gateway_attachment_id"), *_ATTACHMENT)
        associated[key] = build.one(one.get("transit_gateway_route_table_id"), *_TABLE)
    gateways = {gateway.address: gateway for gateway in build.of(*_GATEWAY, data=True)}
    accepted = {
        build.key(one.get("transit_gateway_attachment_id"), *_ATTACHMENT)
        for one in build.of("aws_ec2_transit_gateway_vpc_attachment_accepter")
    }
    found: list[links.TransitGatewayAttachment] = []
    for one in build.of("aws_ec2_transit_gateway_vpc_attachment", data=True):
        gateway = build.one(one.get("transit_gateway_id"), *_GATEWAY)
        table = associated.get(one.address)
        if table is None:
            table = _by_default(build, one, gateways.get(gateway if isinstance(gateway, str) else ""))
        found.append(
            links.TransitGatewayAttachment(
                one.address,
                build.origin(one),
                gateway,
                links.AttachmentKind.VPC,
                build.one(one.get("vpc_id"), *VPC),
                build.many(one.get("subnet_ids"), *SUBNET),
                table,
                (),
                build.flag(build.option(one, "appliance_mode_support")),
                True if one.address in accepted or isinstance(gateway, str) else AFTER_APPLY,
                build.flag(build.option(one, "security_group_referencing_support")),
            )
        )
    for one in build.of("aws_vpn_connection", "aws_ec2_transit_gateway_peering_attachment"):
        if not build.option(one, "transit_gateway_id"):
            continue
        kind = links.AttachmentKind.VPN if one.type == "aws_vpn_connection" else links.AttachmentKind.PEERING
        gateway = build.one(one.get("transit_gateway_id"), *_GATEWAY)
        table = associated.get(one.address) or associated.get(f"{one.address}.transit_gateway_attachment_id")
        found.append(
            links.TransitGatewayAttachment(
                one.address, build.origin(one), gateway, kind, "", (), table if table is not None else NOT_IN_INPUT
            )
        )
    return once(found)


def _by_default(build: Build, one: Resource, gateway: Resource | None) -> Value[str | None]:
    own = build.option(one, "transit_gateway_default_route_table_association")
    if own is False:
        return None
    if gateway is None:
        return NOT_IN_INPUT
    if build.option(gateway, "default_route_table_association") == "disable":
        return None
    return _default_table(build, gateway)


def transit_route_tables(build: Build) -> tuple[links.TransitGatewayRouteTable, ...]:
    """Return the transit gateway route tables, also the default one that AWS makes with each gateway."""
    routes: dict[str, list[links.TransitGatewayRoute]] = {}
    unclear = ""
    for route in build.of("aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_prefix_list_reference"):
        table = build.key(route.get("transit_gateway_route_table_id"), *_TABLE)
        if table is None:
            unclear = f"{route.address} may belong to it"
            continue
        target: Value[str | None] = None
        if route.get("blackhole") is not True and build.option(route, "transit_gateway_attachment_id") is not None:
            target = _attachment(build, route.get("transit_gateway_attachment_id"))
        listed = route.get("prefix_list_id")
        destination = build.cidr(route.get("destination_cidr_block"))
        if listed is not None:
            key = build.one(listed, "aws_ec2_managed_prefix_list")
            destination = PrefixListRef(key) if isinstance(key, str) else AFTER_APPLY  # type: ignore[assignment]
        made = links.TransitGatewayRoute(destination, target, build.origin(route))  # type: ignore[arg-type]
        routes.setdefault(table, []).append(made)
    propagations: dict[str, set[str]] = {}
    for one in build.of("aws_ec2_transit_gateway_route_table_propagation"):
        table = build.key(one.get("transit_gateway_route_table_id"), *_TABLE)
        source = _attachment(build, one.get("transit_gateway_attachment_id"))
        if table is not None and isinstance(source, str):
            propagations.setdefault(table, set()).add(source)
        else:
            unclear = unclear or f"{one.address} may spread routes into it"
    gateways = {gateway.address: gateway for gateway in build.of(*_GATEWAY, data=True)}
    for one in build.of("aws_ec2_transit_gateway_vpc_attachment"):
        gateway = gateways.get(build.key(one.get("transit_gateway_id"), *_GATEWAY) or "")
        own = build.option(one, "transit_gateway_default_route_table_propagation")
        if gateway is None or own is False:
            continue
        if build.option(gateway, "default_route_table_propagation") != "disable":
            propagations.setdefault(_default_table(build, gateway), set()).add(one.address)
    found = [
        links.TransitGatewayRouteTable(
            table.address,
            build.origin(table),
            build.one(table.get("transit_gateway_id"), *_GATEWAY),
            tuple(routes.get(table.address, ())),
            tuple(sorted(propagations.get(table.address, ()))),
            unclear,
        )
        for table in build.of(*_TABLE)
    ]
    for gateway in gateways.values():
        key = _default_table(build, gateway)
        if build.option(gateway, "default_route_table_association") != "disable":
            incomplete = "the transit gateway is only read" if gateway.mode == "data" else unclear
            origin = build.origin(gateway, "default route table")
            listed = tuple(routes.get(key, ()))
            spread = tuple(sorted(propagations.get(key, ())))
            found.append(links.TransitGatewayRouteTable(key, origin, gateway.address, listed, spread, incomplete))
    return once(found)


def _attachment(build: Build, value: object) -> Value[str]:
    found = build.one(value, *_ATTACHMENT)
    ending = ".transit_gateway_attachment_id"
    return found.removesuffix(ending) if isinstance(found, str) else found


def vpn_gateways(build: Build) -> tuple[links.VpnGateway, ...]:
    """Return the virtual private gateways with the static ranges of their connections."""
    attached = {
        build.key(one.get("vpn_gateway_id"), "aws_vpn_gateway"): build.one(one.get("vpc_id"), *VPC)
        for one in build.of("aws_vpn_gateway_attachment")
    }
    found: list[links.VpnGateway] = []
    for gateway in build.of("aws_vpn_gateway", data=True):
        vpc = build.option(gateway, "vpc_id") or build.option(gateway, "attached_vpc_id")
        owner = attached.get(gateway.address, NOT_IN_INPUT) if vpc is None else build.one(vpc, *VPC)
        found.append(links.VpnGateway(gateway.address, build.origin(gateway), owner))
    return once(found)


def client_vpns(build: Build) -> tuple[links.ClientVpn, ...]:
    """Return the Client VPN endpoints with the subnets that they are associated with."""
    subnets: dict[str | None, list[object]] = {}
    for one in build.of("aws_ec2_client_vpn_network_association"):
        key = build.key(one.get("client_vpn_endpoint_id"), "aws_ec2_client_vpn_endpoint")
        subnets.setdefault(key, []).append(one.get("subnet_id"))
    return once(
        links.ClientVpn(
            one.address,
            build.origin(one),
            build.many(subnets.get(one.address, []), *SUBNET),
            build.many(build.option(one, "security_group_ids"), *GROUP),
            build.cidr(one.get("client_cidr_block")),  # type: ignore[arg-type]
        )
        for one in build.of("aws_ec2_client_vpn_endpoint")
    )

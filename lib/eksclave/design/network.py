"""The network: subnets by tier and zone, route tables, network ACLs, flow logs; or an existing VPC, by ids."""

from __future__ import annotations

from collections.abc import Set
from ipaddress import IPv4Network, collapse_addresses

from eksclave.catalog.features import Feature
from eksclave.catalog.regions import Region
from eksclave.design.iam import role_name
from eksclave.design.model import FlowLogsPlan, NaclPlan, NetworkPlan, RouteTablePlan, SubnetPlan
from eksclave.design.model.network import TierName
from eksclave.design.nacls import Ranges, nacl_entries
from eksclave.design.subnets import Carving, carve
from eksclave.design.tags import subnet_tags
from eksclave.design.zones import api_tier, choose_zones
from eksclave.spec.model import ClusterSpec
from eksclave.spec.network import TIERS, ExistingNetwork

_WHY_A_TABLE: dict[TierName, str] = {
    "nodes": "local routes and the S3 gateway endpoint; no way out",
    "control_plane": "local routes, and the way back to operators' networks where there are any",
    "endpoints": "local routes alone",
    "load_balancers": "local routes, and the way back to clients outside where there are any",
}

_AUTO_MODE = "the API's interfaces are in the node subnets: Auto Mode starts its nodes in the cluster's own subnets"


def plan_network(spec: ClusterSpec, region: Region, features: Set[Feature]) -> NetworkPlan:
    """Return the network of this spec."""
    if spec.network.existing:
        return _existing(spec, spec.network.existing, region)
    vpc = IPv4Network(spec.network.cidr)
    zones = choose_zones(spec, region)
    carving = carve(vpc, zones, spec.network.subnet_prefixes)
    subnets = tuple(
        SubnetPlan(f"{tier}-{zone}", tier, zone, carving.subnets[tier, zone], None, subnet_tags(tier, spec.name))
        for tier in TIERS
        for zone in zones
    )
    logs = spec.network.flow_logs
    return NetworkPlan(
        cidr=vpc,
        vpc_id=None,
        known_cidrs=(vpc,),
        zones=zones,
        subnets=subnets,
        route_tables=tuple(RouteTablePlan(t, _keys(subnets, t), _WHY_A_TABLE[t]) for t in TIERS),
        existing_route_table_ids=(),
        nacls=_nacls(spec, features, carving, subnets),
        flow_logs=FlowLogsPlan(logs.traffic, logs.retention_days, role_name(spec, "flow-logs"))
        if logs.enabled
        else None,
        dns_domain=region.instance_domain,
        reasons=_reasons(spec, region, zones, carving),
    )


def operator_networks(spec: ClusterSpec) -> tuple[IPv4Network, ...]:
    """Return the networks of operators outside the VPC, without overlaps, sorted."""
    access = spec.access
    cidrs = [vpc.cidr for vpc in access.peered_vpcs] + list(access.operator_cidrs)
    cidrs += access.transit_gateway.cidrs if access.transit_gateway else ()
    return tuple(collapse_addresses(IPv4Network(cidr) for cidr in cidrs))


def _nacls(
    spec: ClusterSpec, features: Set[Feature], carving: Carving, subnets: tuple[SubnetPlan, ...]
) -> tuple[NaclPlan, ...]:
    if not spec.network.strict_nacls:
        return ()
    transit = spec.access.transit_gateway is not None
    ranges = Ranges(IPv4Network(spec.network.cidr), carving.owned, operator_networks(spec), api_tier(spec), transit)
    entries = nacl_entries(features, ranges)
    return tuple(NaclPlan(tier, _keys(subnets, tier), entries[tier]) for tier in TIERS)


def _keys(subnets: tuple[SubnetPlan, ...], tier: TierName) -> tuple[str, ...]:
    return tuple(subnet.key for subnet in subnets if subnet.tier == tier)


def _reasons(spec: ClusterSpec, region: Region, zones: tuple[str, ...], carving: Carving) -> tuple[str, ...]:
    left_out = sorted(set(region.zones) - set(zones))
    grown = f"; {', '.join(left_out)} can come later" if left_out else ""
    nacls = "network ACLs allow the required flows and nothing else"
    return (
        f"{len(zones)} zones: {', '.join(zones)}{grown}",
        "no internet gateway and no NAT: the VPC has no way in or out",
        "a subnet's place follows from its tier and zone, so zones and tiers that come later move nothing",
        f"left free for a tier to come: {', '.join(map(str, carving.free)) or 'nothing'}",
        "enable_dns_support and enable_dns_hostnames are on: private names need both (D2, D3)",
        *([_AUTO_MODE] if spec.auto_mode else []),
        nacls if spec.network.strict_nacls else "network ACLs are AWS's default, which allows everything",
    )


def _existing(spec: ClusterSpec, existing: ExistingNetwork, region: Region) -> NetworkPlan:
    subnets: list[SubnetPlan] = []
    for tier in TIERS:
        for zone, ids in sorted(existing.subnets.of(tier).items()):
            for index, id in enumerate(ids, 1):
                key = f"{tier}-{zone}" + (f"-{index}" if index > 1 else "")
                subnets.append(SubnetPlan(key, tier, zone, None, id, {}))
    shared = [tier for tier in TIERS if tier != "nodes" and not getattr(existing.subnets, tier)]
    reasons = [f"existing VPC {existing.vpc_id}: read and checked, nothing of it is changed"]
    if shared:
        reasons.append(f"{', '.join(shared)} share the node subnets")
    return NetworkPlan(
        cidr=None,
        vpc_id=existing.vpc_id,
        known_cidrs=tuple(sorted(map(IPv4Network, existing.cidrs))),
        zones=choose_zones(spec, region),
        subnets=tuple(subnets),
        route_tables=(),
        existing_route_table_ids=tuple(sorted(existing.route_table_ids)),
        nacls=(),
        flow_logs=None,
        dns_domain=region.instance_domain,
        reasons=tuple(reasons),
    )

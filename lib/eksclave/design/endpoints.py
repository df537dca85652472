"""The VPC endpoints: derived from the features, each with who needs it and why, what it may be used for, what it
costs."""

from __future__ import annotations

from collections.abc import Iterator, Set

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.endpoints import find_service
from eksclave.catalog.features import Feature
from eksclave.catalog.flows import find_flow, required_flows
from eksclave.catalog.prices import interface_price, monthly
from eksclave.catalog.regions import Region
from eksclave.catalog.services import EndpointService
from eksclave.design.model import EndpointPlan, EndpointsPlan, NetworkPlan, Rule
from eksclave.design.policies import PolicyContext, endpoint_policy
from eksclave.design.subnets import KEPT_BY_AWS
from eksclave.errors import InputError, Mistake
from eksclave.net import PortRange, Protocol
from eksclave.spec.model import ClusterSpec
from eksclave.spec.services import EndpointChoice

_CREATE = EndpointChoice.model_validate("create")


def required_endpoints(
    features: Set[Feature], parts: tuple[AddonFacts, ...] = (), extra: tuple[str, ...] = ()
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the endpoint services that are needed, sorted, each with its reasons and the ids of its flows."""
    reasons: dict[str, list[str]] = {}
    flows: dict[str, list[str]] = {}
    for flow in required_flows(features):
        for suffix in flow.services_for(features):
            words = sorted(flow.when.features & features)
            reasons.setdefault(suffix, []).append(f"{', '.join(words) or 'always'}: {flow.title} ({flow.id})")
            flows.setdefault(suffix, []).append(flow.id)
    for part in parts:
        for need in part.endpoints:
            told = f" ({', '.join(need.flows)})" if need.flows else ""
            reasons.setdefault(need.service, []).append(f"{part.name}: {need.reason}{told}")
            flows.setdefault(need.service, []).extend(need.flows)
    for index, suffix in enumerate(extra):
        reasons.setdefault(suffix, []).append(f"endpoints.extra[{index}]: asked for")
        flows.setdefault(suffix, [])
    return {
        suffix: (tuple(dict.fromkeys(reasons[suffix])), tuple(sorted(set(flows[suffix])))) for suffix in sorted(reasons)
    }


def plan_endpoints(
    spec: ClusterSpec,
    region: Region,
    network: NetworkPlan,
    features: Set[Feature],
    parts: tuple[AddonFacts, ...],
    context: PolicyContext,
) -> EndpointsPlan:
    """Return the whole set for this spec, in the order of service names."""
    needed = required_endpoints(features, parts, spec.endpoints.extra)
    items = tuple(
        _plan(find_service(suffix), needed[suffix], spec, region, network, context)
        for suffix in needed
        if find_service(suffix).offered_in(region.name)
    )
    _check_room(items, network)
    total = round(sum(item.monthly_usd for item in items), 2)
    return EndpointsPlan(items, tuple(_rules(network)), total, interface_price(region.name).note)


def not_offered(
    spec: ClusterSpec, region: Region, features: Set[Feature], parts: tuple[AddonFacts, ...]
) -> Iterator[str]:
    """Yield a warning for every service that is needed and has no endpoint in the Region."""
    for suffix, (reasons, _) in required_endpoints(features, parts, spec.endpoints.extra).items():
        service = find_service(suffix)
        if not service.offered_in(region.name):
            yield f"{suffix} has no endpoint in {region.name}; needed by {'; '.join(reasons)}"
        elif service.home_region and service.home_region != region.name:
            yield f"{suffix} lives in {service.home_region}: {service.caveat}"


def _plan(
    service: EndpointService,
    need: tuple[tuple[str, ...], tuple[str, ...]],
    spec: ClusterSpec,
    region: Region,
    network: NetworkPlan,
    context: PolicyContext,
) -> EndpointPlan:
    choice = spec.endpoints.services.get(service.suffix, _CREATE)
    gateway = service.kind == "Gateway"
    subnets = () if gateway else _one_per_zone(network, service, region)
    least = spec.endpoints.policies == "least-privilege" and choice.mode == "create"
    made = choice.mode == "create" and not gateway and not service.free
    foreign = service.home_region not in (None, region.name)
    return EndpointPlan(
        service=service.suffix,
        service_name=service.service_name(region.name),
        kind=service.kind,
        mode=choice.mode,
        id=choice.id,
        required_by=need[0],
        flows=need[1],
        subnets=subnets,
        route_tables=_route_tables(network) if gateway else (),
        private_dns=service.private_dns,
        dns_names=service.dns_names_in(region.name),
        policy=endpoint_policy(service, context) if least else None,
        monthly_usd=monthly(interface_price(region.name).hourly, len(subnets)) if made else 0.0,
        service_region=service.home_region if foreign else None,
    )


def _one_per_zone(network: NetworkPlan, service: EndpointService, region: Region) -> tuple[str, ...]:
    """Return the first subnet of every zone: AWS takes one per zone, and not every service is in every zone (R15)."""
    found: dict[str, str] = {}
    for subnet in network.of_tier("endpoints"):
        if subnet.zone not in service.unsupported_zone_ids:
            found.setdefault(subnet.zone, subnet.key)
    return tuple(found[zone] for zone in sorted(found))


def _check_room(items: tuple[EndpointPlan, ...], network: NetworkPlan) -> None:
    """Refuse endpoint subnets that have fewer addresses than endpoints: each takes one per zone."""
    made = sum(item.kind == "Interface" and item.mode == "create" for item in items)
    for subnet in network.of_tier("endpoints"):
        if subnet.cidr is not None and subnet.cidr.num_addresses - KEPT_BY_AWS < made:
            said = f"{subnet.cidr} has room for {subnet.cidr.num_addresses - KEPT_BY_AWS} endpoints, {made} are needed"
            fix = "write a shorter prefix for endpoints, or take a larger network.cidr"
            raise InputError([Mistake("", "network.subnet_prefixes.endpoints", said, fix)])


def _route_tables(network: NetworkPlan) -> tuple[str, ...]:
    """Return the tables that get a gateway endpoint's route: only nodes pull layers (N4, R3)."""
    return tuple(table.key for table in network.route_tables if table.key == "nodes")


def _rules(network: NetworkPlan) -> Iterator[Rule]:
    """Yield the rules of the endpoints' security group: HTTPS from where nodes, pods and the bastion live."""
    because = ("R10",)
    nodes = [subnet for subnet in network.of_tier("nodes") if subnet.cidr is not None]
    if not nodes:
        why = find_flow("R10").title
        yield Rule("https-from-vpc", "ingress", Protocol.TCP, PortRange.of(443), "vpc", because, why)
    for subnet in nodes:
        why = f"nodes, pods and the bastion in {subnet.zone} call AWS"
        key = f"https-from-{subnet.key}"
        yield Rule(key, "ingress", Protocol.TCP, PortRange.of(443), str(subnet.cidr), because, why)

"""The ways to the private API: an SSM bastion without inbound rules, peered VPCs, a transit gateway, known networks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from eksclave.catalog.instances import architecture_of
from eksclave.catalog.regions import Region
from eksclave.catalog.versions import bastion_ami_parameter
from eksclave.design.iam import service_role
from eksclave.design.model import AccessPlan, BastionPlan, NetworkPlan, PeeringPlan, RolePlan, Rule, TransitGatewayPlan
from eksclave.design.model.network import TierName
from eksclave.design.zones import api_tier
from eksclave.net import PortRange, Protocol
from eksclave.spec.model import ClusterSpec

_HTTPS = PortRange.of(443)


def plan_access(spec: ClusterSpec, region: Region, network: NetworkPlan) -> AccessPlan:
    """Return every way in, and the rules that let it into the cluster's security group."""
    access = spec.access
    return AccessPlan(
        bastion=_bastion(spec, region, network) if access.bastion.enabled else None,
        peerings=tuple(_peerings(spec, network)),
        transit_gateway=_transit(spec, network),
        operator_cidrs=tuple(sorted(map(IPv4Network, access.operator_cidrs))),
        api_rules=tuple(_api_rules(spec)),
        reasons=tuple(_reasons(spec)),
    )


def bastion_role(spec: ClusterSpec, region: Region) -> RolePlan:
    """Return the bastion's role."""
    why = "the SSM agent registers and opens sessions (B2)"
    return service_role(spec, region, "bastion", region.partition.ec2_principal, ("AmazonSSMManagedInstanceCore",), why)


def _bastion(spec: ClusterSpec, region: Region, network: NetworkPlan) -> BastionPlan:
    choice = spec.access.bastion
    architecture = architecture_of(choice.instance_type)
    return BastionPlan(
        instance_type=choice.instance_type,
        ami_parameter=bastion_ami_parameter(architecture),
        architecture=architecture,
        subnet=network.of_tier("nodes")[0].key,
        role=bastion_role(spec, region),
        rules=(
            Rule("https-to-api", "egress", Protocol.TCP, _HTTPS, "cluster", ("B1",), "kubectl reaches the API"),
            Rule(
                "https-to-endpoints",
                "egress",
                Protocol.TCP,
                _HTTPS,
                _where_ssm_answers(spec),
                ("B2", "N11"),
                "the SSM agent calls ssm and ssmmessages",
            ),
            Rule("https-to-s3", "egress", Protocol.TCP, _HTTPS, "s3", ("N29",), "packages and agents come from S3"),
        ),
        session_document=_document(region),
        reason="an instance without any inbound rule: SSM sessions are opened from inside (B2)",
        session_principals=tuple(sorted(choice.session_policy_principals)),
    )


def _where_ssm_answers(spec: ClusterSpec) -> str:
    """Return the peer of the agent's calls: our endpoints' group; the VPC for an endpoint of it that is reused, whose
    group we do not know; anywhere for an external one, which may lie behind a transit gateway."""
    modes = {spec.endpoints.services[name].mode for name in ("ssm", "ssmmessages") if name in spec.endpoints.services}
    return "0.0.0.0/0" if "external" in modes else "vpc" if "reuse" in modes else "endpoints"


def _document(region: Region) -> dict[str, object]:
    """Return an SSM document that forwards a local port to EKS's API names on 443 of this Region, and to nothing
    else."""
    suffix = region.partition.dns_suffix.replace(".", r"\.")
    return {
        "schemaVersion": "1.0",
        "description": "Forwards a local port to the private Kubernetes API",
        "sessionType": "Port",
        "parameters": {
            "host": {
                "type": "String",
                "description": "host name of the cluster's API",
                "allowedPattern": rf"^[A-Z0-9]+\.[a-z0-9]+\.{region.name}\.eks\.{suffix}$",
            },
            "localPortNumber": {
                "type": "String",
                "description": "port on this side",
                "default": "8443",
                "allowedPattern": "^[0-9]{1,5}$",
            },
        },
        "properties": {
            "type": "LocalPortForwarding",
            "host": "{{ host }}",
            "portNumber": "443",
            "localPortNumber": "{{ localPortNumber }}",
        },
    }


def _peerings(spec: ClusterSpec, network: NetworkPlan) -> Iterator[PeeringPlan]:
    for vpc in sorted(spec.access.peered_vpcs, key=lambda vpc: vpc.name):
        same_account = vpc.account in (None, spec.account)
        same_region = vpc.region in (None, spec.region)
        yield PeeringPlan(
            key=vpc.name,
            vpc_id=vpc.vpc_id,
            cidr=IPv4Network(vpc.cidr),
            account=None if same_account else vpc.account,
            region=None if same_region else vpc.region,
            auto_accept=same_account and same_region,
            route_tables=_tables(spec, network),
            remote_route_table_ids=tuple(sorted(vpc.route_table_ids)) if same_account and same_region else (),
        )


def _transit(spec: ClusterSpec, network: NetworkPlan) -> TransitGatewayPlan | None:
    gateway = spec.access.transit_gateway
    if gateway is None:
        return None
    one_per_zone: dict[str, str] = {}
    for subnet in network.of_tier("control_plane"):
        one_per_zone.setdefault(subnet.zone, subnet.key)
    cidrs = tuple(sorted(map(IPv4Network, gateway.cidrs)))
    subnets = tuple(one_per_zone[zone] for zone in sorted(one_per_zone))
    return TransitGatewayPlan(gateway.id, cidrs, subnets, _tables(spec, network))


def _tables(spec: ClusterSpec, network: NetworkPlan) -> tuple[str, ...]:
    """Return the tables that lead back to operators: they reach the API and the internal load balancers."""
    reached: tuple[TierName, ...] = (api_tier(spec), "load_balancers")
    return tuple(table.key for table in network.route_tables if table.key in reached)


def _api_rules(spec: ClusterSpec) -> Iterator[Rule]:
    access = spec.access
    if access.bastion.enabled:
        yield _api_rule("https-from-bastion", "bastion", "B1", "kubectl through the bastion")
    for vpc in sorted(access.peered_vpcs, key=lambda vpc: vpc.name):
        yield _api_rule(f"https-from-{vpc.name}", vpc.cidr, "B3", f"operators in the peered VPC {vpc.name}")
    for cidr in sorted(access.transit_gateway.cidrs) if access.transit_gateway else ():
        yield _api_rule(f"https-from-tgw-{cidr}", cidr, "B3", "operators behind the transit gateway")
    for cidr in sorted(access.operator_cidrs):
        yield _api_rule(
            f"https-from-operators-{cidr}", cidr, "B3", "operators in a network that reaches the VPC already"
        )


def _api_rule(key: str, peer: str, flow: str, reason: str) -> Rule:
    return Rule(key, "ingress", Protocol.TCP, _HTTPS, peer, (flow,), reason)


def without_route(spec: ClusterSpec) -> Iterator[str]:
    """Yield a warning for every operators' network that no peering or transit gateway of this design leads to."""
    if spec.network.existing:
        return
    access = spec.access
    led_to = [spec.network.cidr, *(vpc.cidr for vpc in access.peered_vpcs)]
    led_to += access.transit_gateway.cidrs if access.transit_gateway else ()
    for cidr in sorted(map(IPv4Network, access.operator_cidrs)):
        if not any(cidr.subnet_of(IPv4Network(other)) for other in led_to):
            yield f"operators in {cidr}: nothing here routes to them; attach the VPN or Direct Connect and its routes"


def _reasons(spec: ClusterSpec) -> Iterator[str]:
    access = spec.access
    if access.bastion.enabled:
        yield "bastion: no inbound rule, IMDSv2, encrypted disk; its image needs nothing from the internet"
    for vpc in sorted(access.peered_vpcs, key=lambda vpc: vpc.name):
        if vpc.account not in (None, spec.account) or vpc.region not in (None, spec.region):
            yield f"peering {vpc.name}: the other side must accept it, and add the route back to this VPC"
    if not (access.bastion.enabled or access.peered_vpcs or access.transit_gateway or access.operator_cidrs):
        yield "no way in: nobody but the nodes reaches the API until access says how"

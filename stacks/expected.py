"""What each stack will publish, as far as a design tells: the keys of its maps, and stand-ins for what AWS decides."""

from __future__ import annotations

import hashlib

from eksclave.contracts import (
    AccessOutputs,
    ClusterOutputs,
    EndpointsOutputs,
    NetworkOutputs,
    Outputs,
    Published,
    RegistryOutputs,
    StackName,
    WorkloadsOutputs,
)
from eksclave.design.model import Design

STAND_IN_CERTIFICATE = "ZGF5LTA="  # "day-0" in base64


def expected(design: Design, stack: StackName) -> Outputs:
    """Return a stack's outputs: real keys, and values that are well formed, the same each time, and nobody's."""
    return _EXPECTED[stack](design)


def stand_in(kind: str, *words: str) -> str:
    """Return an id that looks like AWS's: `vpc-0da0…`, told from its words alone."""
    digest = hashlib.sha256("/".join((kind, *words)).encode()).hexdigest()
    return f"{kind}-0da0{digest[:13]}"


def _network(design: Design) -> NetworkOutputs:
    network = design.network
    tables = network.existing_route_table_ids
    if network.vpc_id is None:
        keys = {table.key: stand_in("rtb", design.name, table.key) for table in network.route_tables}
    elif tables:
        keys = {table: table for table in tables}
    else:
        keys = {key: stand_in("rtb", design.name, key) for key in routed_subnets(design)}
    subnets = {subnet.key: subnet.id or stand_in("subnet", design.name, subnet.key) for subnet in network.subnets}
    return NetworkOutputs(
        vpc_id=network.vpc_id or stand_in("vpc", design.name),
        vpc_cidrs=tuple(str(cidr) for cidr in network.known_cidrs) or ("10.0.0.0/16",),
        subnet_ids=Published("network", "subnet_ids", subnets),
        route_table_ids=Published("network", "route_table_ids", keys),
    )


def routed_subnets(design: Design) -> tuple[str, ...]:
    """Return the keys of the existing subnets whose route tables are looked up: one key for each different subnet."""
    first: dict[str | None, str] = {}
    for subnet in design.network.subnets:
        if subnet.tier in ("nodes", "control_plane"):
            first.setdefault(subnet.id, subnet.key)
    return tuple(first.values())


def _endpoints(design: Design) -> EndpointsOutputs:
    ids = {
        item.service: item.id
        or ("external" if item.mode == "external" else stand_in("vpce", design.name, item.service))
        for item in design.endpoints.items
    }
    return EndpointsOutputs(
        vpc_id=design.network.vpc_id or stand_in("vpc", design.name),
        endpoint_ids=Published("endpoints", "endpoint_ids", ids),
        security_group_id=stand_in("sg", design.name, "endpoints"),
        s3_prefix_list_id=stand_in("pl", design.name, "s3"),
    )


def _registry(design: Design) -> RegistryOutputs:
    plan = design.registry
    urls = {repository.name: f"{plan.host}/{repository.name}" for repository in plan.repositories}
    return RegistryOutputs(plan.host, plan.prefix, Published("registry", "repository_urls", urls), plan.locked_images)


def _cluster(design: Design) -> ClusterOutputs:
    host = f"DAY0.gr7.{design.region}.eks.{design.dns_suffix}"
    arns = {role.key: f"arn:{design.partition}:iam::{design.account}:role/{role.name}" for role in design.cluster.roles}
    return ClusterOutputs(
        name=design.cluster.name,
        version=design.cluster.version,
        api_endpoint=f"https://{host}",
        api_host=host,
        certificate_authority=STAND_IN_CERTIFICATE,
        security_group_id=stand_in("sg", design.name, "cluster"),
        oidc_issuer=f"https://oidc.eks.{design.region}.{design.dns_suffix}/id/DAY0",
        role_arns=Published("cluster", "role_arns", arns),
    )


def _access(design: Design) -> AccessOutputs:
    plan = design.access
    return AccessOutputs(
        bastion_instance_id=stand_in("i", design.name, "bastion") if plan.bastion else "",
        bastion_security_group_id=stand_in("sg", design.name, "bastion") if plan.bastion else "",
        session_document=f"{design.name}-api" if plan.bastion else "",
        peering_ids=Published(
            "access", "peering_ids", {peer.key: stand_in("pcx", design.name, peer.key) for peer in plan.peerings}
        ),
    )


def _workloads(design: Design) -> WorkloadsOutputs:
    plan = design.workloads
    return WorkloadsOutputs(
        controllers=tuple(controller.name for controller in plan.controllers),
        ingresses=tuple(f"{ingress.namespace}/{ingress.name}" for ingress in plan.ingresses),
    )


_EXPECTED = {
    "network": _network,
    "endpoints": _endpoints,
    "registry": _registry,
    "cluster": _cluster,
    "access": _access,
    "workloads": _workloads,
}

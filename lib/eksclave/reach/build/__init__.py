"""From a world of Terraform resources to the snapshot: vendor oddities end here, the engine never sees them."""

from __future__ import annotations

from collections.abc import Mapping

from eksclave.catalog.image_fields import DEFAULT_PATHS
from eksclave.errors import InputError, Mistake
from eksclave.reach.build import (
    admissions,
    eks,
    endpoints,
    hosts,
    iam,
    keys,
    links,
    nacls,
    names,
    order,
    queues,
    registries,
    routing,
    security,
    templates,
    vpcs,
    workloads,
)
from eksclave.reach.build.base import Build
from eksclave.reach.snapshot import Snapshot
from eksclave.terraform.model import World


def snapshot(world: World, image_paths: Mapping[str, tuple[str, ...]] = DEFAULT_PATHS) -> Snapshot:
    """Return all network facts of a world. The same world gives the same snapshot, whatever its order.

    `image_paths` are the fields of operators' resources that hold images, by `Kind.group`.
    """
    try:
        return _snapshot(Build(world, image_paths))
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        said = f"a value is not of the form that the AWS provider writes ({type(error).__name__}: {error})"
        where = ", ".join(world.sources)
        raise InputError([Mistake(where, "", said, "make the JSON anew with terraform show -json")]) from error


def _snapshot(build: Build) -> Snapshot:
    world = build.world
    return Snapshot(
        vpcs=vpcs.vpcs(build),
        dhcp_options=vpcs.dhcp_options(build),
        subnets=vpcs.subnets(build),
        route_tables=routing.route_tables(build),
        nacls=nacls.nacls(build),
        prefix_lists=routing.prefix_lists(build),
        internet_gateways=routing.internet_gateways(build),
        nat_gateways=routing.nat_gateways(build),
        groups=security.security_groups(build),
        endpoints=endpoints.endpoints(build),
        peerings=links.peerings(build),
        transit_gateways=links.transit_gateways(build),
        transit_attachments=links.transit_attachments(build),
        transit_route_tables=links.transit_route_tables(build),
        vpn_gateways=links.vpn_gateways(build),
        client_vpns=links.client_vpns(build),
        private_zones=names.private_zones(build),
        resolver_endpoints=names.resolver_endpoints(build),
        resolver_rules=names.resolver_rules(build),
        clusters=eks.eks_clusters(build),
        launch_templates=templates.launch_templates(build),
        node_groups=eks.node_groups(build),
        fargate_profiles=eks.fargate_profiles(build),
        addons=admissions.addons(build),
        pod_identities=admissions.pod_identities(build),
        access_entries=admissions.access_entries(build),
        pull_through_rules=registries.pull_through_rules(build),
        repositories=registries.repositories(build),
        image_locks=registries.image_locks(build),
        queues=queues.queues(build),
        keys=keys.keys(build),
        roles=iam.roles(build),
        instance_profiles=iam.instance_profiles(build),
        oidc_providers=iam.oidc_providers(build),
        instances=hosts.instances(build),
        load_balancers=hosts.load_balancers(build),
        mount_targets=hosts.mount_targets(build),
        interfaces=hosts.interfaces(build),
        images=workloads.images(build),
        workloads=workloads.workloads(build),
        eni_configs=workloads.eni_configs(build),
        unread=_unread(build),
        assumed=_assumed(build),
        destroyed=tuple(sorted((one.address, one.type, one.service) for one in world.destroyed)),
        partial=world.partial,
        secret=vpcs.secret_ranges(build),
        inputs=_inputs(world),
        slow_waits=order.slow_waits(build),
    )


def _assumed(build: Build) -> tuple[tuple[str, str, str], ...]:
    noted = {(note.address, note.attribute, note.text) for note in build.world.notes if note.kind == "assumption"}
    return tuple(sorted({*build.assumed, *noted}))


def _inputs(world: World) -> tuple[tuple[str, str], ...]:
    if len(world.sources) < 2:
        return ()
    return tuple((address, resource.source) for address, resource in world.resources.items())


def _unread(build: Build) -> tuple[tuple[str, str], ...]:
    noted = [(note.address, note.text) for note in build.world.notes if note.kind == "unread"]
    return tuple(sorted({*build.unread, *noted}))

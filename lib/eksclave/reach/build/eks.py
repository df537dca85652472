"""EKS clusters, node groups of every kind, Fargate profiles."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from eksclave.reach.build.again import only_cluster
from eksclave.reach.build.base import GROUP, SUBNET, VPC, Build, once
from eksclave.reach.build.families import ip_family
from eksclave.reach.build.iam import Known, profile_role, role_keys
from eksclave.reach.build.order import waits
from eksclave.reach.build.templates import configured, launch_template
from eksclave.reach.build.trust import EC2, EKS, FARGATE, trusted_role
from eksclave.reach.facts import clusters
from eksclave.reach.facts.groups import cluster_group_key
from eksclave.reach.facts.values import AFTER_APPLY, HOLE, NOT_IN_INPUT, OneOf, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref

_TEMPLATE = ("aws_launch_template",)


def cluster_key(build: Build, value: Any, near: Resource | None = None) -> Value[str]:
    """Return the key of the cluster that a name means in some resource."""
    found = build.one(value, "aws_eks_cluster")
    if isinstance(found, str) and found in build.clusters:
        return build.cluster_address(build.world.resources[build.nearest(build.clusters[found], near)])
    if isinstance(found, Unknown) and near is not None and (only := _only(build, near)) is not None:
        return only
    return found


def _only(build: Build, near: Resource) -> str | None:
    """Return the one cluster of the input, where what names a cluster by an unknown name waits for it."""
    only = only_cluster(build.world, near)
    others = {build.cluster_address(one) for one in build.of("aws_eks_cluster", data=True)} - {only}
    if only is None or others or only not in waits(build, near.address):
        return None
    said = f"its cluster is known only after apply; it waits for {only}, the only one there is"
    build.assumed.append((near.address, "cluster_name", said))
    return only


def eks_clusters(build: Build) -> tuple[clusters.Cluster, ...]:
    """Return every cluster that the input makes or reads."""
    found = [c for c in build.of("aws_eks_cluster", data=True) if build.cluster_address(c) == c.address]
    known = role_keys(build)
    return once(_cluster(build, cluster, known) for cluster in found)


def _cluster(build: Build, cluster: Resource, known: Known) -> clusters.Cluster:
    vpc_config, access = cluster.block("vpc_config"), cluster.block("access_config")
    network, compute = cluster.block("kubernetes_network_config"), cluster.block("compute_config")
    seen = bool(vpc_config)  # it is required: where none is seen, all of it is known only after apply
    subnets: Value[tuple[str, ...]] = build.many(vpc_config.get("subnet_ids"), *SUBNET) if seen else AFTER_APPLY
    public: Value[bool] = build.flag(vpc_config.get("endpoint_public_access"), True) if seen else AFTER_APPLY
    ranges = build.items(vpc_config.get("public_access_cidrs"))
    cidrs: Value[tuple[Any, ...]] = (
        tuple(ip_network(str(cidr)) for cidr in ranges) if ranges else (ip_network("0.0.0.0/0"),)
    )
    service = network.get("service_ipv4_cidr")
    return clusters.Cluster(
        cluster.address,
        build.origin(cluster),
        build.text(cluster.get("name"), AFTER_APPLY),
        cluster_vpc(build, cluster),
        subnets,
        cluster_group_key(cluster.address),
        cluster.region or NOT_IN_INPUT,
        _extra_groups(build, cluster, vpc_config.get("security_group_ids")),
        build.flag(vpc_config.get("endpoint_private_access")) if seen else AFTER_APPLY,
        public,
        () if public is False else cidrs,
        None if not isinstance(service, str) else build.cidr(service),  # type: ignore[arg-type]
        ip_family(build, cluster),
        build.text(build.option(cluster, "version"), NOT_IN_INPUT),
        build.text(cluster.get("endpoint"), AFTER_APPLY),
        build.text(_issuer(cluster), AFTER_APPLY),
        trusted_role(build, cluster.get("role_arn"), known, cluster, EKS),
        build.flag(compute.get("enabled")) if compute else False,
        tuple(str(pool) for pool in build.items(compute.get("node_pools")) or ()),
        trusted_role(build, compute["node_role_arn"], known, None, EC2) if compute.get("node_role_arn") else None,
        build.text(configured(access.get("authentication_mode")), "CONFIG_MAP"),
        build.flag(configured(access.get("bootstrap_cluster_creator_admin_permissions")), True),
        build.flag(configured(cluster.get("bootstrap_self_managed_addons")), True),
        build.text(vpc_config.get("control_plane_egress_mode"), "AWS_MANAGED"),
        tuple(sorted(str(kind) for kind in build.items(cluster.get("enabled_cluster_log_types")) or ())),
        _secrets_key(build, cluster),
        waits(build, cluster.address),
        build.tags(cluster),
    )


def cluster_vpc(build: Build, cluster: Resource) -> Value[str]:
    """Return the VPC of a cluster: that of its subnets."""
    block = cluster.block("vpc_config")
    return _vpc(build, block.get("vpc_id"), build.many(block.get("subnet_ids"), *SUBNET))


def _extra_groups(build: Build, cluster: Resource, value: Any) -> Value[tuple[str, ...]]:
    if isinstance(value, Ref) and value.address == cluster.address:
        return ()
    return build.many(value, *GROUP)


def _vpc(build: Build, value: Any, subnets: Value[tuple[str, ...]]) -> Value[str]:
    """The cluster's VPC is that of its subnets."""
    found = build.one(value, *VPC) if value is not None and not _computed(value) else NOT_IN_INPUT
    if isinstance(found, str):
        return found
    for choice in subnets.candidates if isinstance(subnets, OneOf) else (subnets,):
        for key in choice if isinstance(choice, tuple) else ():
            subnet = build.world.resources.get(key)
            owner = build.one(subnet.get("vpc_id"), *VPC) if subnet is not None else NOT_IN_INPUT
            if isinstance(owner, str):
                return owner
    return found


def _computed(value: Any) -> bool:
    return isinstance(value, Ref) and "vpc_config" in value.path


def _issuer(cluster: Resource) -> Any:
    return cluster.get("identity", 0, "oidc", 0, "issuer")


def _secrets_key(build: Build, cluster: Resource) -> Value[str | None]:
    block = cluster.block("encryption_config")
    provider = block.get("provider")
    inner = provider[0] if isinstance(provider, list) and provider else provider
    return build.one(inner.get("key_arn"), "aws_kms_key") if isinstance(inner, dict) else None


def node_groups(build: Build) -> tuple[clusters.NodeGroup, ...]:
    """Return managed node groups, and Auto Scaling groups that join a cluster."""
    from eksclave.reach.build.selfmanaged import self_managed

    known = role_keys(build)
    found = [_managed(build, group, known) for group in build.of("aws_eks_node_group", data=True)]
    return once([*found, *self_managed(build)])


def _managed(build: Build, group: Resource, known: Known) -> clusters.NodeGroup:
    cluster = cluster_key(build, group.get("cluster_name"), group)
    template_block = group.block("launch_template")
    named = template_block.get("id") if not _own(group, template_block.get("id")) else None
    template_key = build.one(named or template_block.get("name"), *_TEMPLATE) if template_block else None
    template = _known_template(build, template_key)
    groups: Value[tuple[str, ...]] = AFTER_APPLY
    if isinstance(cluster, str):
        groups = (cluster_group_key(cluster),)
    elif isinstance(cluster, OneOf):
        groups = OneOf(tuple((cluster_group_key(one),) for one in cluster.candidates), cluster.reason)
    if template is not None and template.groups is not None:
        groups = template.groups
    elif template_key is not None and template is None:
        groups = NOT_IN_INPUT
    image_type = build.text(build.option(group, "ami_type"), "AL2023_x86_64_STANDARD")
    hops: Value[int] = 1 if isinstance(image_type, str) and "AL2_" not in image_type else 2
    if template is not None:
        hops = 1 if template.hop_limit is None else template.hop_limit
    elif template_key is not None:
        hops = NOT_IN_INPUT
    scaling = group.block("scaling_config")
    return clusters.NodeGroup(
        group.address,
        build.origin(group),
        cluster,
        build.many(group.get("subnet_ids"), *SUBNET),
        groups,
        build.text(group.get("node_group_name"), AFTER_APPLY),
        True,
        trusted_role(build, group.get("node_role_arn"), known, group, EC2),
        image_type,
        template.image if template is not None else None,
        template_key,
        template.user_data if template is not None else None,
        hops,
        template.public_ip if template is not None and template.public_ip is not None else False,
        bool(group.blocks("remote_access")),
        waits(build, group.address),
        build.tags(group),
        (),
        build.number(scaling.get("desired_size"), 1),
        template.metadata if template is not None else True if template_key is None else NOT_IN_INPUT,
        group.foreign,
    )


def _own(group: Resource, value: Any) -> bool:
    """The provider fills in the template's id or name, whichever was not given."""
    return isinstance(value, Ref) and value.address == group.address


def _known_template(build: Build, key: Value[str] | None) -> clusters.LaunchTemplate | None:
    found = build.world.resources.get(key) if isinstance(key, str) else None
    if found is None and isinstance(key, str):
        named = [t for t in build.of(*_TEMPLATE, data=True) if t.get("name") == key]
        found = named[0] if len(named) == 1 else None
    return launch_template(build, found) if found is not None else None


def fargate_profiles(build: Build) -> tuple[clusters.FargateProfile, ...]:
    """Return the Fargate profiles."""
    known = role_keys(build)
    return once(
        clusters.FargateProfile(
            profile.address,
            build.origin(profile),
            cluster_key(build, profile.get("cluster_name"), profile),
            build.many(profile.get("subnet_ids"), *SUBNET),
            trusted_role(build, profile.get("pod_execution_role_arn"), known, profile, FARGATE),
            tuple(_selectors(profile)),
            waits(build, profile.address),
        )
        for profile in build.of("aws_eks_fargate_profile")
    )


def _selectors(profile: Resource) -> Iterable[tuple[str, tuple[tuple[str, str], ...]]]:
    for block in profile.blocks("selector"):
        labels = block.get("labels")
        pairs = sorted((str(k), str(v)) for k, v in labels.items()) if isinstance(labels, dict) else []
        yield (block["namespace"] if isinstance(block.get("namespace"), str) else HOLE, tuple(pairs))


def role_of_profile(build: Build, template: clusters.LaunchTemplate | None) -> Value[str]:
    """Return the role behind a launch template's instance profile."""
    if template is None or template.instance_profile is None:
        return NOT_IN_INPUT
    found = profile_role(build, template.instance_profile) if isinstance(template.instance_profile, str) else None
    return found if found is not None else NOT_IN_INPUT

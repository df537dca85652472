"""What pods run on: managed node groups, and Fargate profiles."""

from __future__ import annotations

from collections.abc import Set

from eksclave.catalog.features import Feature
from eksclave.catalog.instances import architecture_of
from eksclave.catalog.versions import AMI_TYPES, DATA_DEVICES
from eksclave.design.model import FargatePlan, NetworkPlan, NodeGroupPlan
from eksclave.spec.compute import NodeGroup
from eksclave.spec.model import ClusterSpec


def plan_node_groups(spec: ClusterSpec, network: NetworkPlan, features: Set[Feature]) -> tuple[NodeGroupPlan, ...]:
    """Return the managed node groups, by name."""
    hops = 2 if Feature.PODS_READ_IMDS in features else 1
    return tuple(_group(spec, group, network, hops) for group in sorted(spec.groups, key=lambda group: group.name))


def plan_fargate(spec: ClusterSpec, network: NetworkPlan) -> tuple[FargatePlan, ...]:
    """Return the Fargate profiles, by name."""
    subnets = tuple(subnet.key for subnet in network.of_tier("nodes"))
    return tuple(
        FargatePlan(
            name=profile.name,
            selectors=tuple((s.namespace, dict(sorted(s.labels.items()))) for s in profile.selectors),
            subnets=subnets,
            reason="asked for in fargate_profiles; Fargate takes private subnets only",
        )
        for profile in sorted(spec.fargate_profiles, key=lambda profile: profile.name)
    )


def _group(spec: ClusterSpec, group: NodeGroup, network: NetworkPlan, hops: int) -> NodeGroupPlan:
    architecture = group.architecture or architecture_of(group.instance_types[0])
    zones = group.zones or network.zones
    why = "asked for in node_groups" if spec.node_groups else "one default group, because the spec names none"
    return NodeGroupPlan(
        name=group.name,
        ami_type=AMI_TYPES[group.ami, architecture],
        instance_types=group.instance_types,
        capacity=group.capacity,
        min_size=group.scaling.min,
        desired_size=group.scaling.desired,
        max_size=group.scaling.max,
        disk_size_gib=group.disk.size_gib,
        disk_type=group.disk.type,
        disk_kms_key_arn=group.disk.kms_key_arn,
        root_device=DATA_DEVICES[group.ami],
        labels=dict(sorted(group.labels.items())),
        taints=tuple((taint.key, taint.value, taint.effect) for taint in group.taints),
        subnets=tuple(subnet.key for subnet in network.of_tier("nodes") if subnet.zone in zones),
        max_unavailable=group.max_unavailable,
        metadata_hop_limit=hops,
        tags={"Name": f"{spec.name}-{group.name}"},
        reason=f"{why}; IMDSv2 with hop limit {hops}; the cluster's security group alone (R5)",
    )

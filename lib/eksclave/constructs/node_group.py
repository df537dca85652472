"""Managed node groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eksclave.constructs.condition import Condition, require
from eksclave.constructs.part import Part
from eksclave.design.model import NodeGroupPlan
from eksclave.toolkit import Construct, aws, cdktf


class NodeGroup(Part):
    """A managed node group and its launch template.

    The template names no security group, so that EKS attaches the cluster's own (EKS guide, "Launch template support"),
    and no AMI, so that EKS chooses and updates it. `after` is what nodes need to boot and become ready: add-ons, the
    attachments of their role. `only_if` holds conditions on what other stacks made, such as the endpoints.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster_name: str,
        label: str,
        version: str,
        node_role_arn: str,
        subnet_ids: Mapping[str, str],
        plan: NodeGroupPlan,
        after: Sequence[cdktf.ITerraformDependable] = (),
        only_if: Sequence[Condition] = (),
    ) -> None:
        super().__init__(scope, id)
        self._prefix = getattr(scope, "_prefix", "") if id == f"nodes-{plan.name}" else self._prefix
        template = self._template(label, plan)
        group = aws.eks_node_group.EksNodeGroup(
            self,
            "Default",
            cluster_name=cluster_name,
            node_group_name=plan.name,
            node_role_arn=node_role_arn,
            subnet_ids=[subnet_ids[key] for key in plan.subnets],
            version=version,
            ami_type=plan.ami_type,
            capacity_type=plan.capacity,
            instance_types=list(plan.instance_types),
            labels=dict(plan.labels) or None,
            taint=[
                aws.eks_node_group.EksNodeGroupTaint(key=key, value=value or None, effect=effect)
                for key, value, effect in plan.taints
            ]
            or None,
            scaling_config=aws.eks_node_group.EksNodeGroupScalingConfig(
                min_size=plan.min_size, desired_size=plan.desired_size, max_size=plan.max_size
            ),
            update_config=aws.eks_node_group.EksNodeGroupUpdateConfig(max_unavailable=plan.max_unavailable),
            launch_template=aws.eks_node_group.EksNodeGroupLaunchTemplate(
                id=template.id, version=cdktf.Token.as_string(template.latest_version)
            ),
            tags=dict(plan.tags) or None,
            depends_on=list(after) or None,
            # the autoscaler sets the size from then on
            lifecycle=cdktf.TerraformResourceLifecycle(ignore_changes=["scaling_config[0].desired_size"]),
        )
        self.resource = self.named(group, plan.name)
        require(group, only_if)

    def _template(self, label: str, plan: NodeGroupPlan) -> aws.launch_template.LaunchTemplate:
        tags = {"Name": f"{label}-{plan.name}", **plan.tags}
        template = aws.launch_template.LaunchTemplate(
            self,
            "template",
            name=f"{label}-{plan.name}",
            update_default_version=True,
            block_device_mappings=_disks(plan),
            metadata_options=aws.launch_template.LaunchTemplateMetadataOptions(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=plan.metadata_hop_limit,
            ),
            tag_specifications=[
                aws.launch_template.LaunchTemplateTagSpecifications(resource_type=kind, tags=tags)
                for kind in ("instance", "volume")
            ],
        )
        return self.named(template, plan.name)


_SYSTEM_DISK = "/dev/xvda"


def _disks(plan: NodeGroupPlan) -> list[aws.launch_template.LaunchTemplateBlockDeviceMappings]:
    """Return the encrypted disks: the one of the plan's size, and the system's where that is another (Bottlerocket)."""
    sizes: dict[str, int | None] = {plan.root_device: plan.disk_size_gib}
    if plan.root_device != _SYSTEM_DISK:
        sizes = {_SYSTEM_DISK: None, **sizes}  # as large as the image says
    return [
        aws.launch_template.LaunchTemplateBlockDeviceMappings(
            device_name=device,
            ebs=aws.launch_template.LaunchTemplateBlockDeviceMappingsEbs(
                encrypted="true",
                kms_key_id=plan.disk_kms_key_arn,
                volume_size=size,
                volume_type=plan.disk_type,
                delete_on_termination="true",
            ),
        )
        for device, size in sizes.items()
    ]

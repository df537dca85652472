"""Self-managed nodes: Auto Scaling groups whose user data or tags say that they join a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eksclave.reach.build.base import GROUP, SUBNET, Build
from eksclave.reach.build.iam import profile_role, role_key, role_keys
from eksclave.reach.build.order import waits
from eksclave.reach.build.templates import launch_template, metadata, only_template, user_data
from eksclave.reach.facts.clusters import LaunchTemplate, NodeGroup
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref
from eksclave.terraform.values import Unknown as NotKnown

_OWNED = re.compile(r"^kubernetes\.io/cluster/(.+)$")
_BOOTSTRAP = re.compile(
    r"bootstrap\.sh\s+['\"]?([\w.-]+)|kind:\s*NodeConfig|apiServerEndpoint|\[settings\.kubernetes\]"
)


_OF_NODES = ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy")


def self_managed(build: Build) -> Iterator[NodeGroup]:
    """Yield the Auto Scaling groups (and tagged instances) that join a cluster of this input."""
    for group in build.of("aws_autoscaling_group"):
        template = template_of(build, group)
        tags = asg_tags(group)
        text = template.user_data if template is not None else None
        cluster = joins(build, dict(tags), text, group, template)
        if cluster is None:
            continue
        yield NodeGroup(
            group.address,
            build.origin(group),
            cluster,
            build.many(group.get("vpc_zone_identifier"), *SUBNET),
            Unknown("the launch template names no security group")
            if template is None or template.groups is None
            else template.groups,
            build.text(group.get("name"), AFTER_APPLY),
            False,
            _role(build, template),
            "CUSTOM",
            template.image if template is not None else None,
            template.key if template is not None else None,
            text,
            template.hop_limit if template is not None and template.hop_limit is not None else 2,
            template.public_ip if template is not None and template.public_ip is not None else False,
            False,
            _waits(build, group, template),
            tags,
            tags,
            build.number(build.option(group, "desired_capacity"), 1),
            template.metadata if template is not None else NOT_IN_INPUT,
            group.foreign,
        )


def _waits(build: Build, group: Resource, template: LaunchTemplate | None) -> tuple[str, ...]:
    """Return what comes before the group: also its template, which a dynamic block may name."""
    before = {*waits(build, group.address)}
    return tuple(sorted(before | ({template.key, *waits(build, template.key)} if template is not None else set())))


def joins(
    build: Build,
    tags: dict[str, str],
    text: Value[str | None],
    group: Resource,
    template: LaunchTemplate | None,
) -> Value[str] | None:
    """Return the cluster that such machines join, None where nothing says that they join one."""
    clusters = {c.get("name"): build.cluster_address(c) for c in build.of("aws_eks_cluster", data=True)}
    for key, value in tags.items():
        match = _OWNED.match(key)
        if match and value in ("owned", "shared"):
            return clusters.get(match[1], match[1])
    written = text if isinstance(text, str) else ""
    match = _BOOTSTRAP.search(written)
    if match:
        if match[1] and match[1] in clusters:
            return clusters[match[1]]
        named = [key for name, key in clusters.items() if isinstance(name, str) and name in written]
        return named[0] if len(named) == 1 else _only(clusters)
    referred = set(_mentioned(build, group.address)) | (set(_mentioned(build, template.key)) if template else set())
    if len(referred) == 1 and isinstance(text, Unknown):
        return referred.pop()
    if isinstance(text, str):
        return None
    if not _is_of_nodes(build, _role(build, template)):
        if clusters and template is None and not isinstance(group.get("launch_configuration"), str):
            build.unread.append((group.address, "what its machines start with is not known, so it is in no question"))
        return None
    waited = {build.cluster_address(c) for c in build.of("aws_eks_cluster") if c.address in waits(build, group.address)}
    found = _only({key: key for key in waited or clusters.values()})
    build.assumed.append((group.address, "", "its role is that of nodes, so it is taken for nodes of the cluster"))
    return found


def _is_of_nodes(build: Build, role: Value[str]) -> bool:
    """Tell whether this is a role of nodes: by the policy that EKS asks of them, or by an access entry for them."""
    if not isinstance(role, str):
        return False
    known = role_keys(build)
    attached = [one for one in build.of("aws_iam_role_policy_attachment") if _named(build, one) in _OF_NODES]
    if any(role_key(build, one.get("role"), known, one) == role for one in attached):
        return True
    return any(
        str(entry.get("type")).startswith("EC2") and role_key(build, entry.get("principal_arn"), known, entry) == role
        for entry in build.of("aws_eks_access_entry")
    )


def _named(build: Build, attachment: Resource) -> str:
    policy = build.world.resolve(attachment.get("policy_arn"))
    return policy.rpartition("/")[2] if isinstance(policy, str) else ""


def _only(clusters: Mapping[Any, str]) -> Value[str]:
    found = sorted(set(clusters.values()))
    return found[0] if len(found) == 1 else Unknown("which cluster these nodes join is known only after apply")


def _mentioned(build: Build, address: str) -> Iterator[str]:
    """Yield the clusters that the user data refers to."""
    resource = build.world.resources.get(address)
    value = resource.get("user_data") if resource is not None else None
    for reference in value.references if isinstance(value, NotKnown) else ():
        if "aws_eks_cluster" in reference.address:
            found = [c.address for c in build.of("aws_eks_cluster", data=True) if c.address.endswith(reference.address)]
            yield from found[:1]


def template_of(build: Build, group: Resource) -> LaunchTemplate | None:
    """Return the launch template (or old launch configuration) of an Auto Scaling group."""
    block = group.block("launch_template")
    if not block:
        mixed = group.block("mixed_instances_policy").get("launch_template")
        inner = mixed[0] if isinstance(mixed, list) and mixed else {}
        specification = inner.get("launch_template_specification") if isinstance(inner, dict) else None
        block = specification[0] if isinstance(specification, list) and specification else {}
        block = {**block, "id": block.get("launch_template_id"), "name": block.get("launch_template_name")}
    for name in ("id", "name"):
        value = block.get(name)
        if value in (None, "") or (isinstance(value, Ref) and value.address == group.address):
            continue
        key = build.key(value, "aws_launch_template")
        for template in build.of("aws_launch_template", data=True):
            if key in (template.address, template.get("name"), template.get("id")):
                return launch_template(build, template)
    beside = only_template(build, group, block.get("id"))
    if beside is not None:
        return launch_template(build, beside)
    key = build.key(group.get("launch_configuration"), "aws_launch_configuration")
    for configuration in build.of("aws_launch_configuration"):
        if key in (configuration.address, configuration.get("name")):
            return _from_configuration(build, configuration)
    return None


def _from_configuration(build: Build, configuration: Resource) -> LaunchTemplate:
    encoded = build.option(configuration, "user_data_base64")
    public = build.option(configuration, "associate_public_ip_address")
    options = configuration.block("metadata_options")
    hops = options.get("http_put_response_hop_limit")
    return LaunchTemplate(
        configuration.address,
        build.origin(configuration),
        build.many(configuration.get("security_groups"), *GROUP),
        build.text(configuration.get("image_id"), None),  # type: ignore[arg-type]
        user_data(build, encoded or build.option(configuration, "user_data")),
        None if hops in (None, 0) else build.number(hops),
        None,
        build.text(configuration.get("iam_instance_profile"), None),  # type: ignore[arg-type]
        None if public is None else build.flag(public),
        metadata(build, options),
    )


def _role(build: Build, template: LaunchTemplate | None) -> Value[str]:
    named = template.instance_profile if template is not None else None
    if not isinstance(named, str):
        return NOT_IN_INPUT if named is None else AFTER_APPLY
    found = profile_role(build, named)
    return found if found is not None else NOT_IN_INPUT


def asg_tags(group: Resource) -> tuple[tuple[str, str], ...]:
    """Return the tags of an Auto Scaling group, whatever block they stand in."""
    found: dict[str, str] = {}
    for block in (*group.blocks("tag"), *group.blocks("tags")):
        key, value = block.get("key"), block.get("value")
        if isinstance(key, str):
            found[key] = value if isinstance(value, str) else "\x00"
    return tuple(sorted(found.items()))

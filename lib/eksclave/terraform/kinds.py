"""What an attribute points to, by its name: a `subnet_id` is the id of a subnet, whatever expression it came from.

Plan JSON keeps of an expression only the references in it, and of a local nothing: the kind of the attribute that was
set decides which of those references can be its value. Source: the AWS provider's argument reference, by resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from eksclave.terraform.values import Path


@dataclass(frozen=True)
class Kind:
    """A family of things that attributes point to."""

    name: str
    types: tuple[str, ...]  # resource types that are such a thing
    attribute: str  # the attribute of theirs that is stored elsewhere
    also: tuple[tuple[str, str], ...] = ()  # (type, last attribute) pairs that AWS makes beside another resource


def _kind(name: str, *types: str, attribute: str = "id", also: tuple[tuple[str, str], ...] = ()) -> Kind:
    return Kind(name, types, attribute, also)


VPC = _kind("vpc", "aws_vpc", "aws_default_vpc")
SUBNET = _kind("subnet", "aws_subnet", "aws_default_subnet")
SECURITY_GROUP = _kind(
    "security_group",
    "aws_security_group",
    "aws_default_security_group",
    also=(("aws_eks_cluster", "cluster_security_group_id"), ("aws_vpc", "default_security_group_id")),
)
ROUTE_TABLE = _kind(
    "route_table",
    "aws_route_table",
    "aws_default_route_table",
    also=(("aws_vpc", "main_route_table_id"), ("aws_vpc", "default_route_table_id")),
)
NETWORK_ACL = _kind(
    "network_acl", "aws_network_acl", "aws_default_network_acl", also=(("aws_vpc", "default_network_acl_id"),)
)
GATEWAY = _kind("gateway", "aws_internet_gateway", "aws_vpn_gateway")
NAT = _kind("nat_gateway", "aws_nat_gateway")
PREFIX_LIST = _kind(
    "prefix_list",
    "aws_ec2_managed_prefix_list",
    "aws_prefix_list",
    also=(("aws_vpc_endpoint", "prefix_list_id"),),
)
ENDPOINT = _kind("vpc_endpoint", "aws_vpc_endpoint")
ROLE_ARN = _kind("role_arn", "aws_iam_role", attribute="arn")
ROLE_NAME = _kind("role_name", "aws_iam_role", attribute="name")
POLICY_ARN = _kind("policy_arn", "aws_iam_policy", attribute="arn")
PROFILE = _kind("instance_profile", "aws_iam_instance_profile", attribute="name")
CLUSTER = _kind("cluster", "aws_eks_cluster", attribute="name")
LAUNCH_TEMPLATE = _kind("launch_template", "aws_launch_template")
ZONE = _kind("zone", "aws_route53_zone", attribute="zone_id")
POLICY_DOCUMENT = _kind(
    "policy_document", "aws_iam_policy_document", attribute="json", also=(("aws_iam_policy_document", "minified_json"),)
)
LOAD_BALANCER = _kind("load_balancer", "aws_lb", "aws_alb", attribute="arn")
TARGET_GROUP = _kind("target_group", "aws_lb_target_group", "aws_alb_target_group", attribute="arn")
INSTANCE = _kind("instance", "aws_instance")
PROFILE_OF_NAMES = _kind("profile_of_names", "aws_route53profiles_profile")
KEY = _kind("key", "aws_kms_key", attribute="key_id")
KEY_ARN = _kind("key", "aws_kms_key", attribute="arn")

_BY_NAME: dict[str, Kind] = {
    "vpc_id": VPC,
    "peer_vpc_id": VPC,
    "accepter_vpc_id": VPC,
    "subnet_id": SUBNET,
    "subnet_ids": SUBNET,
    "subnets": SUBNET,
    "vpc_zone_identifier": SUBNET,
    "mount_target_subnet_id": SUBNET,
    "security_group_id": SECURITY_GROUP,
    "security_group_ids": SECURITY_GROUP,
    "vpc_security_group_ids": SECURITY_GROUP,
    "security_groups": SECURITY_GROUP,
    "source_security_group_id": SECURITY_GROUP,
    "referenced_security_group_id": SECURITY_GROUP,
    "cluster_security_group_id": SECURITY_GROUP,
    "node_security_group_id": SECURITY_GROUP,
    "default_security_group_id": SECURITY_GROUP,
    "cluster_primary_security_group_id": SECURITY_GROUP,
    "route_table_id": ROUTE_TABLE,
    "route_table_ids": ROUTE_TABLE,
    "default_route_table_id": ROUTE_TABLE,
    "main_route_table_id": ROUTE_TABLE,
    "network_acl_id": NETWORK_ACL,
    "default_network_acl_id": NETWORK_ACL,
    "gateway_id": GATEWAY,
    "internet_gateway_id": GATEWAY,
    "nat_gateway_id": NAT,
    "egress_only_gateway_id": _kind("egress_only_gateway", "aws_egress_only_internet_gateway"),
    "vpc_peering_connection_id": _kind(
        "peering", "aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter", attribute="id"
    ),
    "transit_gateway_id": _kind("transit_gateway", "aws_ec2_transit_gateway"),
    "transit_gateway_attachment_id": _kind(
        "tgw_attachment",
        "aws_ec2_transit_gateway_vpc_attachment",
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        "aws_ec2_transit_gateway_peering_attachment",
    ),
    "transit_gateway_route_table_id": _kind(
        "tgw_route_table",
        "aws_ec2_transit_gateway_route_table",
        also=(
            ("aws_ec2_transit_gateway", "association_default_route_table_id"),
            ("aws_ec2_transit_gateway", "propagation_default_route_table_id"),
        ),
    ),
    "vpn_gateway_id": _kind("vpn_gateway", "aws_vpn_gateway"),
    "customer_gateway_id": _kind("customer_gateway", "aws_customer_gateway"),
    "network_interface_id": _kind(
        "network_interface", "aws_network_interface", also=(("aws_instance", "primary_network_interface_id"),)
    ),
    "prefix_list_id": PREFIX_LIST,
    "prefix_list_ids": PREFIX_LIST,
    "destination_prefix_list_id": PREFIX_LIST,
    "vpc_endpoint_id": ENDPOINT,
    "dhcp_options_id": _kind("dhcp_options", "aws_vpc_dhcp_options"),
    "role_arn": ROLE_ARN,
    "node_role_arn": ROLE_ARN,
    "pod_execution_role_arn": ROLE_ARN,
    "execution_role_arn": ROLE_ARN,
    "service_account_role_arn": ROLE_ARN,
    "principal_arn": ROLE_ARN,
    "role": ROLE_NAME,
    "policy_arn": POLICY_ARN,
    "permissions_boundary": POLICY_ARN,
    "iam_instance_profile": PROFILE,
    "cluster_name": CLUSTER,
    "launch_template_id": LAUNCH_TEMPLATE,
    "zone_id": ZONE,
    "policy": POLICY_DOCUMENT,
    "assume_role_policy": POLICY_DOCUMENT,
    "inline_policy": POLICY_DOCUMENT,
    "load_balancer_arn": LOAD_BALANCER,
    "target_group_arn": TARGET_GROUP,
    "file_system_id": _kind("file_system", "aws_efs_file_system"),
    "resolver_endpoint_id": _kind("resolver_endpoint", "aws_route53_resolver_endpoint"),
    "resolver_rule_id": _kind("resolver_rule", "aws_route53_resolver_rule"),
    "firewall_policy_arn": _kind("firewall_policy", "aws_networkfirewall_firewall_policy", attribute="arn"),
    "instance": INSTANCE,
    "allocation_id": _kind("eip", "aws_eip"),
}

_BY_TYPE: dict[tuple[str, str], Kind] = {
    ("aws_launch_template", "name"): PROFILE,  # in the block iam_instance_profile
    ("aws_launch_template", "arn"): _kind("instance_profile_arn", "aws_iam_instance_profile", attribute="arn"),
    ("aws_eks_node_group", "id"): LAUNCH_TEMPLATE,  # in the block launch_template
    ("aws_autoscaling_group", "id"): LAUNCH_TEMPLATE,
    ("aws_instance", "id"): LAUNCH_TEMPLATE,
    ("aws_eks_cluster", "key_arn"): KEY_ARN,
    ("aws_launch_template", "kms_key_id"): KEY_ARN,
    ("aws_kms_key_policy", "key_id"): KEY,
    ("aws_kms_grant", "key_id"): KEY,
    ("aws_iam_policy_attachment", "roles"): ROLE_NAME,
    ("aws_route", "gateway_id"): _kind("gateway", "aws_internet_gateway", "aws_vpn_gateway"),
    ("aws_route53_zone", "vpc_id"): VPC,
    ("aws_route53profiles_association", "resource_id"): VPC,
    ("aws_route53profiles_association", "profile_id"): PROFILE_OF_NAMES,
    ("aws_route53profiles_resource_association", "profile_id"): PROFILE_OF_NAMES,
    ("aws_route53profiles_resource_association", "resource_arn"): _kind(
        "answering", "aws_route53_zone", "aws_vpc_endpoint", "aws_route53_resolver_rule", attribute="arn"
    ),
    ("aws_route53_record", "name"): _kind(
        "endpoint_name", "aws_vpc_endpoint", attribute="dns_entry", also=(("aws_vpc_endpoint", "dns_name"),)
    ),
    ("aws_ec2_transit_gateway_route_table_association", "transit_gateway_route_table_id"): _kind(
        "tgw_route_table", "aws_ec2_transit_gateway_route_table"
    ),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns"): POLICY_ARN,
    ("aws_iam_role_policy_attachments_exclusive", "role_name"): ROLE_NAME,
    ("aws_iam_role", "managed_policy_arns"): POLICY_ARN,
    ("aws_vpc_endpoint_policy", "vpc_endpoint_id"): ENDPOINT,
    ("aws_autoscaling_group", "launch_configuration"): _kind(
        "launch_configuration", "aws_launch_configuration", attribute="name"
    ),
}
_DOCUMENT_TYPES = (
    "aws_ecr_repository_policy",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_vpc_endpoint",
    "aws_vpc_endpoint_policy",
)
_PLURAL = ("roles", "vpc_zone_identifier", "subnets", "security_groups", "policy_arns", "managed_policy_arns")


def kind_or_none(resource_type: str, path: Path) -> Kind | None:
    """Return what this attribute of this resource type points to, or None where its name says nothing."""
    words = [step for step in path if isinstance(step, str)]
    if not words:
        return None
    last = words[-1]
    if resource_type in ("aws_route53_record",) and last == "records":
        return None
    if last in ("id", "name", "arn", "key_arn") and len(words) < 2:
        return None
    exact = _BY_TYPE.get((resource_type, last))
    if exact is not None and not (last == "name" and words[0] not in ("iam_instance_profile", "alias")):
        return exact
    found = _BY_NAME.get(last)
    if found is POLICY_DOCUMENT and resource_type not in _DOCUMENT_TYPES:
        return None
    return found


_BY_CONDITION = {"aws:sourcevpc": VPC, "aws:sourcevpce": ENDPOINT, "aws:principalarn": ROLE_ARN}


def condition_kind(variable: object) -> Kind | None:
    """Return what the values of a policy document's condition point to, by the condition's key."""
    return _BY_CONDITION.get(variable.lower()) if isinstance(variable, str) else None


def is_plural(path: Path) -> bool:
    """Tell whether this attribute holds a list of such things."""
    words = [step for step in path if isinstance(step, str)]
    return bool(words) and (words[-1].endswith("_ids") or words[-1].endswith("_arns") or words[-1] in _PLURAL)


_SHORT = {
    "sg": "security_group",
    "secgroup": "security_group",
    "rt": "route_table",
    "rtb": "route_table",
    "nacl": "network_acl",
    "acl": "network_acl",
    "vpce": "vpc_endpoint",
    "lt": "launch_template",
}
"""What people write for a kind in the names of variables, outputs and locals: `node_sg_id`, `private_rtbs`."""
_THINGS = ("security_group", "route_table", "network_acl", "subnet", "vpc_endpoint", "launch_template", "vpc")


@lru_cache(maxsize=65536)
def attribute_kind(name: str) -> Kind | None:
    """Return the kind of a named attribute, output or variable where the name alone says it (`private_subnet_ids`)."""
    found = _said(name)
    return found if found is not None else _said(spelled_out(name))


def _said(name: str) -> Kind | None:
    if name in _BY_NAME:
        return _BY_NAME[name]
    return next((kind for known, kind in _BY_NAME.items() if name.endswith(f"_{known}")), None)


def spelled_out(name: str) -> str:
    """Return `node_security_group_id` for `node_sg`, `subnet_ids_by_tier` without what it is arranged by."""
    words = name.lower().split("_by_")[0].split("_")
    spelled = "_".join(_SHORT.get(word.removesuffix("s"), word) for word in words)
    thing = spelled.removesuffix("_ids").removesuffix("_id").removesuffix("s")
    return f"{thing}_id" if thing.endswith(_THINGS) else spelled


def produces(kind: Kind, resource_type: str, attribute: Path) -> bool:
    """Tell whether this attribute of this type can be the value of such a kind."""
    last = next((step for step in reversed(attribute) if isinstance(step, str)), "")
    if (resource_type, last) in kind.also:
        return True
    if resource_type in kind.types:
        return last in (kind.attribute, "id", "arn", "name", "key", "") and (
            kind.attribute not in ("id",) or last in ("id", "", *_SAME_AS_ID.get(resource_type, ()))
        )
    other = _BY_NAME.get(last)
    return other is not None and other.name == kind.name


_SAME_AS_ID = {
    "aws_route53_zone": ("zone_id",),
    "aws_eip": ("allocation_id",),
    "aws_vpc_peering_connection_accepter": ("vpc_peering_connection_id",),
    "aws_vpc_endpoint": ("id",),
}

"""Attributes that mean nothing to a cluster's boot: a mutant that only changes one of these gives the same facts.

Every other attribute must reach the facts; one that does not is a gap in `reach/build`.
"""

from __future__ import annotations

NAMES = "a name or a text for people"
LIFE = "how Terraform or AWS make and end the thing"
SIZE = "how many or how large"
IPV6 = "rules for IPv6 are not judged"
OTHERS = "something that nobody in the cluster asks for"

TAGGED = ("aws_autoscaling_group", "aws_instance", "aws_security_group", "aws_subnet")
"""What is found by its tags."""
ANYWHERE = {"description": NAMES, "name_prefix": NAMES, "comment": NAMES, "force_destroy": LIFE}
UNREAD = {
    "aws_autoscaling_group": {
        "force_delete": LIFE,
        "force_delete_warm_pool": LIFE,
        "health_check_grace_period": LIFE,
        "health_check_type": LIFE,
        "ignore_failed_scaling_activities": LIFE,
        "launch_template.version": "versions of a template are one in a plan",
        "max_size": SIZE,
        "metrics_granularity": OTHERS,
        "min_size": SIZE,
        "protect_from_scale_in": LIFE,
        "tag.propagate_at_launch": "no requirement of the catalogue asks for tags of instances",
        "wait_for_capacity_timeout": LIFE,
    },
    "aws_cloudwatch_log_group": {"*": OTHERS},
    "aws_default_network_acl": {"ingress.from_port": "-1 has no ports", "egress.from_port": "-1 has no ports"},
    "aws_default_security_group": {"revoke_rules_on_delete": LIFE, "ingress.description": NAMES},
    "aws_ec2_tag": {"*": "a tag that decides nothing here"},
    "aws_ec2_transit_gateway": {
        "amazon_side_asn": OTHERS,
        "auto_accept_shared_attachments": "attachments of one account need no acceptance",
        "multicast_support": OTHERS,
        "vpn_ecmp_support": OTHERS,
    },
    "aws_ec2_transit_gateway_vpc_attachment": {
        "dns_support": "names of instances are not called",
        "ipv6_support": IPV6,
    },
    "aws_ecr_lifecycle_policy": {"*": OTHERS},
    "aws_ecr_repository": {"*": OTHERS},
    "aws_eks_addon": {"resolve_conflicts_on_create": LIFE, "resolve_conflicts_on_update": LIFE, "preserve": LIFE},
    "aws_eks_cluster": {
        "deletion_protection": LIFE,
        "kubernetes_network_config": "EKS refuses Auto Mode without all its parts",
        "kubernetes_network_config.elastic_load_balancing": "EKS refuses Auto Mode without all its parts",
        "kubernetes_network_config.elastic_load_balancing.enabled": "EKS refuses Auto Mode without all its parts",
        "storage_config": "EKS refuses Auto Mode without all its parts",
        "storage_config.block_storage": "EKS refuses Auto Mode without all its parts",
        "storage_config.block_storage.enabled": "EKS refuses Auto Mode without all its parts",
        "upgrade_policy": LIFE,
        "upgrade_policy.support_type": LIFE,
        "encryption_config.resources": OTHERS,
    },
    "aws_eks_fargate_profile": {"fargate_profile_name": NAMES},
    "aws_eks_node_group": {
        "capacity_type": OTHERS,
        "disk_size": SIZE,
        "instance_types": SIZE,
        "launch_template.version": "versions of a template are one in a plan",
        "node_group_name_prefix": NAMES,
        "scaling_config.max_size": SIZE,
        "scaling_config.min_size": SIZE,
        "update_config": LIFE,
        "update_config.max_unavailable": LIFE,
        "update_config.max_unavailable_percentage": LIFE,
        "labels": OTHERS,
    },
    "aws_flow_log": {"*": OTHERS},
    "aws_iam_instance_profile": {"path": NAMES},
    "aws_iam_policy": {"path": NAMES},
    "aws_iam_policy_attachment": {"name": NAMES},
    "aws_iam_role": {"force_detach_policies": LIFE, "max_session_duration": LIFE},
    "aws_instance": {
        "get_password_data": OTHERS,
        "instance_type": SIZE,
        "launch_template": "what the instance says itself decides",
        "launch_template.version": "versions of a template are one in a plan",
        "metadata_options": "its defaults are the same",
        "metadata_options.http_protocol_ipv6": IPV6,
        "metadata_options.http_put_response_hop_limit": "the agent runs on the host itself",
        "metadata_options.http_tokens": "the agent speaks both versions",
        "source_dest_check": OTHERS,
        "user_data_replace_on_change": LIFE,
    },
    "aws_kms_alias": {"*": OTHERS},
    "aws_kms_key": {"*": OTHERS},
    "aws_launch_template": {
        "instance_type": SIZE,
        "name": NAMES,
        "network_interfaces.delete_on_termination": LIFE,
        "network_interfaces.device_index": OTHERS,
        "update_default_version": LIFE,
        "metadata_options.instance_metadata_tags": OTHERS,
        "metadata_options.http_protocol_ipv6": IPV6,
        "block_device_mappings*": SIZE,
        "tag_specifications*": NAMES,
        "monitoring*": OTHERS,
    },
    "aws_network_acl": {"ingress.from_port": "-1 has no ports", "egress.from_port": "-1 has no ports"},
    "aws_route53_record": {
        "alias.evaluate_target_health": "all interfaces are asked in any case",
        "allow_overwrite": LIFE,
    },
    "aws_security_group": {
        "revoke_rules_on_delete": LIFE,
        "ingress.description": NAMES,
        "egress.description": NAMES,
        "ingress.from_port": "-1 has no ports",
        "egress.from_port": "-1 has no ports",
    },
    "aws_security_group_rule": {
        "from_port": "-1 has no ports",
        "source_security_group_id": "a rule names its peer in one way only: the ranges beside it decide",
    },
    "aws_sqs_queue": {"*": OTHERS},
    "aws_ssm_document": {"*": OTHERS},
    "aws_subnet": {
        "assign_ipv6_address_on_creation": IPV6,
        "enable_dns64": IPV6,
        "enable_resource_name_dns_a_record_on_launch": "names of instances are not called",
        "enable_resource_name_dns_aaaa_record_on_launch": IPV6,
        "private_dns_hostname_type_on_launch": "names of instances are not called",
    },
    "aws_vpc": {"instance_tenancy": OTHERS, "assign_generated_ipv6_cidr_block": IPV6},
    "aws_vpc_endpoint": {
        "route_table_ids": "an interface endpoint has none",
        "subnet_ids": "a gateway has none",
        "security_group_ids": "a gateway has none",
        "auto_accept": LIFE,
    },
}


def means_nothing(type: str, attribute: str) -> bool:
    """Tell whether this attribute of this type of resource is known to mean nothing."""
    if attribute.startswith("tags") and type not in TAGGED:
        return True
    listed = {**ANYWHERE, **UNREAD.get(type, {})}
    attribute = attribute.split(".policy")[0]
    starts = tuple(name[:-1] for name in listed if name.endswith("*"))
    return attribute in listed or bool(starts and attribute.startswith(starts))

"""The cluster stack: private from the first apply, and in an order in which it can boot."""

from __future__ import annotations

import json

import pytest

EXAMPLES = [
    *("minimal", "existing-vpc", "strict-network", "irsa", "fargate", "auto-mode", "bottlerocket", "operators"),
    *("govcloud", "china", "s3-state"),
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_api_is_private_from_the_first_apply(examples, example: str) -> None:
    cluster = examples[example]["cluster"].one("aws_eks_cluster", "main")
    assert cluster["vpc_config"]["endpoint_public_access"] is False
    assert cluster["vpc_config"]["endpoint_private_access"] is True
    assert cluster["bootstrap_self_managed_addons"] is False
    assert cluster["access_config"]["authentication_mode"] == "API"
    assert cluster["encryption_config"]["resources"] == ["secrets"]


def test_the_log_group_is_there_before_eks_would_make_its_own(examples) -> None:
    stack = examples["minimal"]["cluster"]
    assert "aws_cloudwatch_log_group.cluster" in stack.one("aws_eks_cluster", "main")["depends_on"]
    assert stack.one("aws_cloudwatch_log_group", "cluster")["name"] == "/aws/eks/minimal/cluster"


def test_nodes_wait_for_cni_proxy_and_the_attachments_of_their_role(examples) -> None:
    waits = examples["minimal"]["cluster"].one("aws_eks_node_group", "default")["depends_on"]
    assert {"aws_eks_addon.vpc-cni", "aws_eks_addon.kube-proxy", "aws_eks_addon.eks-pod-identity-agent"} <= set(waits)
    assert "aws_iam_role_policy_attachment.node-AmazonEKSWorkerNodePolicy" in waits


def test_nodes_refuse_to_start_where_an_endpoint_is_missing(examples) -> None:
    conditions = examples["minimal"]["cluster"].one("aws_eks_node_group", "default")["lifecycle"]["precondition"]
    assert any('"ecr.dkr"' in one["condition"] and "endpoint_ids" in one["condition"] for one in conditions)


def test_coredns_waits_for_nodes(examples) -> None:
    addon = examples["minimal"]["cluster"].one("aws_eks_addon", "coredns")
    assert "aws_eks_node_group.default" in addon["depends_on"]


@pytest.mark.parametrize("example", ["minimal", "strict-network", "irsa", "bottlerocket", "china"])
def test_node_templates_name_no_group_and_no_image_and_want_imdsv2(examples, example: str) -> None:
    templates = examples[example]["cluster"].all("aws_launch_template")
    assert templates
    for template in templates.values():
        assert not {"vpc_security_group_ids", "network_interfaces", "image_id", "key_name"} & set(template)
        assert template["metadata_options"]["http_tokens"] == "required"
        assert all(disk["ebs"]["encrypted"] == "true" for disk in template["block_device_mappings"])


def test_bottlerocket_images_lie_on_its_second_disk_and_both_are_encrypted(examples) -> None:
    template = examples["bottlerocket"]["cluster"].one("aws_launch_template", "rocket")
    disks = {disk["device_name"]: disk["ebs"] for disk in template["block_device_mappings"]}
    assert disks["/dev/xvdb"]["volume_size"] == 100
    assert "volume_size" not in disks["/dev/xvda"]
    assert all(disk["encrypted"] == "true" for disk in disks.values())


def test_auto_mode_turns_on_all_three_of_its_switches(examples) -> None:
    stack = examples["auto-mode"]["cluster"]
    cluster = stack.one("aws_eks_cluster", "main")
    assert cluster["compute_config"]["enabled"] is True
    assert cluster["compute_config"]["node_role_arn"] == "${aws_iam_role.node.arn}"
    assert cluster["storage_config"]["block_storage"]["enabled"] is True
    assert cluster["kubernetes_network_config"]["elastic_load_balancing"]["enabled"] is True
    assert not stack.all("aws_eks_node_group")


def test_fargate_runs_coredns_and_needs_no_nodes(examples) -> None:
    stack = examples["fargate"]["cluster"]
    assert set(stack.all("aws_eks_fargate_profile")) == {"jobs", "system"}
    assert json.loads(stack.one("aws_eks_addon", "coredns")["configuration_values"])["computeType"] == "Fargate"
    assert not stack.all("aws_eks_node_group")


def test_irsa_roles_trust_one_service_account_of_this_cluster_and_no_thumbprint_is_fetched(examples) -> None:
    stack = examples["irsa"]["cluster"]
    trust = json.loads(stack.one("aws_iam_role", "controller-cluster-autoscaler")["assume_role_policy"])["Statement"][0]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"]["StringEquals"]["${local.oidc_issuer}:sub"] == (
        "system:serviceaccount:kube-system:cluster-autoscaler"
    )
    assert "thumbprint_list" not in stack.one("aws_iam_openid_connect_provider", "main")
    assert "tls_certificate" not in stack.json.get("data", {})


def test_pod_identity_ties_controllers_to_their_roles_by_association(examples) -> None:
    stack = examples["minimal"]["cluster"]
    association = stack.one("aws_eks_pod_identity_association", "controller-cluster-autoscaler")
    assert association["service_account"] == "cluster-autoscaler"
    assert not stack.all("aws_iam_openid_connect_provider")


def test_a_key_of_the_spec_takes_the_place_of_ours(examples) -> None:
    stack = examples["bottlerocket"]["cluster"]
    assert not stack.all("aws_kms_key")
    key = stack.one("aws_eks_cluster", "main")["encryption_config"]["provider"]["key_arn"]
    assert key.startswith("arn:aws:kms:ap-southeast-2:")


def test_whether_the_creator_is_admin_never_follows_from_the_spec(examples) -> None:
    told = {
        stacks["cluster"].one("aws_eks_cluster", "main")["access_config"]["bootstrap_cluster_creator_admin_permissions"]
        for stacks in examples.values()
    }
    assert told == {True}, "a change of this argument replaces a cluster"


def test_access_entries_may_hold_for_namespaces(examples) -> None:
    associations = examples["strict-network"]["cluster"].all("aws_eks_access_policy_association")
    scopes = {one["policy_arn"].rpartition("/")[2]: one["access_scope"] for one in associations.values()}
    assert scopes["AmazonEKSClusterAdminPolicy"] == {"type": "cluster"}
    assert scopes["AmazonEKSEditPolicy"] == {"type": "namespace", "namespaces": ["shop"]}


@pytest.mark.parametrize(("example", "partition"), [("govcloud", "aws-us-gov"), ("china", "aws-cn")])
def test_arns_of_a_partition_stay_in_it(examples, example: str, partition: str) -> None:
    text = "".join(stack.text for stack in examples[example].values())
    assert f"arn:{partition}:" in text
    assert "arn:aws:" not in text

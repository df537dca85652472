"""The estate's cluster stack."""

from __future__ import annotations

import json

from .estate_words import Json, allow, assume, remote


def cluster(region: str) -> Json:
    partition = {"us-gov": "aws-us-gov", "cn-": "aws-cn"}.get(
        region[:6], "aws-cn" if region.startswith("cn-") else "aws"
    )
    attach = {
        f"node-{name}": {"role": "${aws_iam_role.node.name}", "policy_arn": f"arn:{partition}:iam::aws:policy/{name}"}
        for name in ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")
    }
    return {
        "data": {
            "aws_ssm_parameter": {"ami": {"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"}},
            "aws_iam_policy_document": {"eks": {"statement": [{"actions": ["sts:AssumeRole", "sts:TagSession"], "principals": [{"type": "Service", "identifiers": ["pods.eks.amazonaws.com"]}]}]}},
            "aws_eks_addon_version": {"cni": {"addon_name": "vpc-cni", "kubernetes_version": "1.33", "most_recent": True}},
        },
        "resource": {
            "aws_kms_key": {"secrets": {"description": "prod", "enable_key_rotation": True, "deletion_window_in_days": 7}},
            "aws_kms_alias": {"secrets": {"name": "alias/prod-eks", "target_key_id": "${aws_kms_key.secrets.key_id}"}},
            "aws_cloudwatch_log_group": {"cluster": {"name": "/aws/eks/prod/cluster", "retention_in_days": 30, "kms_key_id": "${aws_kms_key.secrets.arn}"}},
            "aws_iam_role": {
                "cluster": {"name": "prod-cluster", "assume_role_policy": assume("eks.amazonaws.com")},
                "node": {"name": "prod-node", "assume_role_policy": assume("ec2.amazonaws.com")},
                "ebs": {"name": "prod-ebs", "assume_role_policy": "${data.aws_iam_policy_document.eks.json}"},
                "admin": {"name": "prod-admin", "assume_role_policy": assume("ec2.amazonaws.com")},
            },
            "aws_iam_policy": {"ebs": {"name": "prod-ebs", "policy": allow("ec2:CreateVolume")}},
            "aws_iam_role_policy_attachment": {
                "cluster": {"role": "${aws_iam_role.cluster.name}", "policy_arn": f"arn:{partition}:iam::aws:policy/AmazonEKSClusterPolicy"},
                "ebs": {"role": "${aws_iam_role.ebs.name}", "policy_arn": "${aws_iam_policy.ebs.arn}"},
                **attach,
            },
            "aws_security_group": {"control": {"name": "prod-control", "description": "control plane", "vpc_id": remote("network", "vpc_id")}},
            "aws_security_group_rule": {"from-bastion": {
                "security_group_id": "${aws_security_group.control.id}", "type": "ingress", "protocol": "tcp",
                "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/16"], "description": "kubectl",
            }},
            "aws_eks_cluster": {"prod": {
                "name": "prod", "version": "1.33", "role_arn": "${aws_iam_role.cluster.arn}", "bootstrap_self_managed_addons": False,
                "vpc_config": {
                    "subnet_ids": remote("network", "node_subnet_ids"), "endpoint_private_access": True, "endpoint_public_access": False,
                    "security_group_ids": ["${aws_security_group.control.id}"],
                },
                "access_config": {"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
                "encryption_config": {"resources": ["secrets"], "provider": {"key_arn": "${aws_kms_key.secrets.arn}"}},
                "enabled_cluster_log_types": ["api", "audit", "authenticator"],
                "kubernetes_network_config": {"service_ipv4_cidr": "172.20.0.0/16", "ip_family": "ipv4"},
                "upgrade_policy": {"support_type": "STANDARD"}, "zonal_shift_config": {"enabled": True},
                "depends_on": ["aws_iam_role_policy_attachment.cluster", "aws_cloudwatch_log_group.cluster"],
            }},
            "aws_iam_openid_connect_provider": {"irsa": {
                "url": "${aws_eks_cluster.prod.identity[0].oidc[0].issuer}", "client_id_list": ["sts.amazonaws.com"],
                "thumbprint_list": ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
            }},
            "aws_eks_access_entry": {
                "admin": {"cluster_name": "${aws_eks_cluster.prod.name}", "principal_arn": "${aws_iam_role.admin.arn}"},
                "node": {"cluster_name": "${aws_eks_cluster.prod.name}", "principal_arn": "${aws_iam_role.node.arn}", "type": "EC2_LINUX"},
            },
            "aws_eks_access_policy_association": {"admin": {
                "cluster_name": "${aws_eks_cluster.prod.name}", "principal_arn": "${aws_eks_access_entry.admin.principal_arn}",
                "policy_arn": f"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "access_scope": {"type": "cluster"},
            }},
            "aws_eks_addon": {
                "vpc-cni": {"cluster_name": "${aws_eks_cluster.prod.name}", "addon_name": "vpc-cni", "addon_version": "${data.aws_eks_addon_version.cni.version}",
                            "resolve_conflicts_on_create": "OVERWRITE", "configuration_values": json.dumps({"env": {"AWS_VPC_K8S_CNI_EXTERNALSNAT": "true"}})},
                "kube-proxy": {"cluster_name": "${aws_eks_cluster.prod.name}", "addon_name": "kube-proxy"},
                "eks-pod-identity-agent": {"cluster_name": "${aws_eks_cluster.prod.name}", "addon_name": "eks-pod-identity-agent", "depends_on": ["aws_eks_node_group.main"]},
                "coredns": {"cluster_name": "${aws_eks_cluster.prod.name}", "addon_name": "coredns", "depends_on": ["aws_eks_node_group.main"]},
                "aws-ebs-csi-driver": {
                    "cluster_name": "${aws_eks_cluster.prod.name}", "addon_name": "aws-ebs-csi-driver", "depends_on": ["aws_eks_node_group.main"],
                    "pod_identity_association": [{"role_arn": "${aws_iam_role.ebs.arn}", "service_account": "ebs-csi-controller-sa"}],
                },
            },
            "aws_eks_pod_identity_association": {"autoscaler": {
                "cluster_name": "${aws_eks_cluster.prod.name}", "namespace": "kube-system", "service_account": "cluster-autoscaler", "role_arn": "${aws_iam_role.ebs.arn}",
            }},
            "aws_launch_template": {"node": {
                "name": "prod-node", "update_default_version": True,
                "metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 1, "http_endpoint": "enabled"},
                "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"volume_size": 40, "volume_type": "gp3", "encrypted": "true"}}],
                "tag_specifications": [{"resource_type": "instance", "tags": {"Name": "prod-node"}}],
                "vpc_security_group_ids": ["${aws_eks_cluster.prod.vpc_config[0].cluster_security_group_id}"],
            }},
            "aws_eks_node_group": {"main": {
                "cluster_name": "${aws_eks_cluster.prod.name}", "node_group_name": "main", "node_role_arn": "${aws_iam_role.node.arn}",
                "subnet_ids": remote("network", "node_subnet_ids"), "instance_types": ["m6i.large"], "ami_type": "AL2023_x86_64_STANDARD",
                "scaling_config": {"min_size": 1, "max_size": 4, "desired_size": 2}, "update_config": {"max_unavailable": 1},
                "labels": {"role": "main"}, "taint": [{"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"}],
                "launch_template": {"id": "${aws_launch_template.node.id}", "version": "${aws_launch_template.node.latest_version}"},
                "depends_on": ["aws_eks_addon.vpc-cni", "aws_eks_access_entry.node", *[f"aws_iam_role_policy_attachment.{n}" for n in attach]],
            }},
            "aws_autoscaling_group_tag": {"scale": {
                "autoscaling_group_name": "${aws_eks_node_group.main.resources[0].autoscaling_groups[0].name}",
                "tag": {"key": "k8s.io/cluster-autoscaler/node-template/label/role", "value": "main", "propagate_at_launch": False},
            }},
            "aws_sqs_queue": {"interruption": {"name": "prod-interruption", "message_retention_seconds": 300, "sqs_managed_sse_enabled": True}},
            "aws_sqs_queue_policy": {"interruption": {"queue_url": "${aws_sqs_queue.interruption.url}", "policy": allow("sqs:SendMessage", principal={"Service": "events.amazonaws.com"}, resource="${aws_sqs_queue.interruption.arn}")}},
            "aws_cloudwatch_event_rule": {"spot": {"name": "prod-spot", "event_pattern": json.dumps({"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]})}},
            "aws_cloudwatch_event_target": {"spot": {"rule": "${aws_cloudwatch_event_rule.spot.name}", "arn": "${aws_sqs_queue.interruption.arn}", "target_id": "sqs"}},
        },
        "output": {
            "security_group_id": {"value": "${aws_eks_cluster.prod.vpc_config[0].cluster_security_group_id}"},
            "name": {"value": "${aws_eks_cluster.prod.name}"},
            "ca": {"value": "${aws_eks_cluster.prod.certificate_authority[0].data}", "sensitive": True},
        },
    }  # fmt: skip

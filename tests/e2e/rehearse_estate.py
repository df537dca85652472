"""A whole private estate as a cdktf.out folder, written by hand: five stacks that read each other's remote state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
REGION = "eu-central-1"
INTERFACE = ["ec2", "ecr.api", "ecr.dkr", "sts", "logs", "eks-auth", "eks", "kms", "ssm", "ssmmessages"]


def estate(folder: Path, region: str = REGION, s3: str = "") -> Path:
    """Write the estate below `folder` and return it; with `s3` the state is kept in that bucket."""
    maker = _Maker(folder, region, s3)
    maker.write("prod-network", network(region), [])
    maker.write("prod-endpoints", endpoints(region), ["prod-network"])
    maker.write("prod-registry", registry(), [])
    maker.write("prod-cluster", cluster(region), ["prod-network", "prod-endpoints"])
    maker.write("prod-access", access(region), ["prod-network", "prod-cluster"])
    maker.manifest()
    return folder


class _Maker:
    def __init__(self, folder: Path, region: str, s3: str) -> None:
        self.folder, self.region, self.s3 = folder, region, s3
        self.stacks: Json = {}

    def backend(self, name: str) -> tuple[str, Json]:
        if self.s3:
            return "s3", {"bucket": self.s3, "key": f"{name}.tfstate", "region": self.region, "use_lockfile": True}
        return "local", {"path": f"/somewhere/else/terraform.{name}.tfstate"}

    def write(self, name: str, body: Json, reads: list[str]) -> None:
        kind, config = self.backend(name)
        body = {
            "//": {"metadata": {"backend": kind, "stackName": name, "version": "0.21.0"}, "outputs": {}},
            "provider": {"aws": [{"region": self.region, "default_tags": [{"tags": {"cluster": "prod"}}]}]},
            "terraform": {
                "backend": {kind: config},
                "required_providers": {"aws": {"source": "aws", "version": ">= 5.100.0, < 7.0.0"}},
            },
            **body,
        }
        for read in reads:
            kind, config = self.backend(read)
            short = read.removeprefix("prod-")
            data = body.setdefault("data", {}).setdefault("terraform_remote_state", {})
            data[short] = {"backend": kind, "config": {k: v for k, v in config.items() if k != "use_lockfile"}}
        for kind, of_kind in {**body.get("resource", {}), **body.get("data", {})}.items():
            for ident, one in of_kind.items():
                one["//"] = {"metadata": {"path": f"{name}/{kind}/{ident}", "uniqueId": ident}}
        place = self.folder / "stacks" / name
        place.mkdir(parents=True)
        (place / "cdk.tf.json").write_text(json.dumps(body, indent=2))
        self.stacks[name] = {
            "annotations": [], "constructPath": name, "dependencies": [], "name": name,
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json", "workingDirectory": f"stacks/{name}",
        }  # fmt: skip

    def manifest(self) -> None:
        (self.folder / "manifest.json").write_text(json.dumps({"stacks": self.stacks, "version": "0.21.0"}, indent=2))


def remote(stack: str, output: str) -> str:
    return f"${{data.terraform_remote_state.{stack}.outputs.{output}}}"


def network(region: str) -> Json:
    zones = [f"{region}a", f"{region}b", f"{region}c"]
    subnets = {
        f"{role}-{zone[-1]}": {
            "vpc_id": "${aws_vpc.vpc.id}", "availability_zone": zone, "map_public_ip_on_launch": False,
            "cidr_block": f"10.0.{16 * i + 64 * j}.0/20", "tags": {"Name": f"{role}-{zone}", "kubernetes.io/role/internal-elb": "1"},
        }
        for j, role in enumerate(["nodes", "endpoints"])
        for i, zone in enumerate(zones)
    }  # fmt: skip
    return {
        "data": {"aws_caller_identity": {"me": {}}, "aws_partition": {"p": {}}, "aws_availability_zones": {"z": {"state": "available"}}},
        "resource": {
            "aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": True, "enable_dns_support": True, "tags": {"Name": "prod"}}},
            "aws_vpc_dhcp_options": {"dhcp": {"domain_name": f"{region}.compute.internal", "domain_name_servers": ["AmazonProvidedDNS"]}},
            "aws_vpc_dhcp_options_association": {"dhcp": {"vpc_id": "${aws_vpc.vpc.id}", "dhcp_options_id": "${aws_vpc_dhcp_options.dhcp.id}"}},
            "aws_default_security_group": {"closed": {"vpc_id": "${aws_vpc.vpc.id}"}},
            "aws_subnet": subnets,
            "aws_route_table": {"nodes": {"vpc_id": "${aws_vpc.vpc.id}", "tags": {"Name": "nodes"}}},
            "aws_route_table_association": {
                name: {"subnet_id": f"${{aws_subnet.{name}.id}}", "route_table_id": "${aws_route_table.nodes.id}"} for name in subnets
            },
            "aws_network_acl": {"nodes": {
                "vpc_id": "${aws_vpc.vpc.id}",
                "subnet_ids": [f"${{aws_subnet.{name}.id}}" for name in subnets],
            }},
            "aws_network_acl_rule": {
                f"{way}-{number}": {
                    "network_acl_id": "${aws_network_acl.nodes.id}", "rule_number": number, "egress": way == "out",
                    "protocol": protocol, "rule_action": "allow", "cidr_block": cidr, "from_port": low, "to_port": high,
                }
                for way in ("in", "out")
                for number, protocol, cidr, low, high in ((100, "-1", "10.0.0.0/16", 0, 0), (200, "tcp", "0.0.0.0/0", 1024, 65535), (300, "tcp", "0.0.0.0/0", 443, 443))
            },
            "aws_cloudwatch_log_group": {"flow": {"name": "/vpc/prod", "retention_in_days": 30}},
            "aws_iam_role": {"flow": {"name": "prod-flow", "assume_role_policy": assume("vpc-flow-logs.amazonaws.com")}},
            "aws_iam_role_policy": {"flow": {"name": "write", "role": "${aws_iam_role.flow.id}", "policy": allow("logs:PutLogEvents")}},
            "aws_flow_log": {"flow": {
                "vpc_id": "${aws_vpc.vpc.id}", "traffic_type": "ALL", "log_destination": "${aws_cloudwatch_log_group.flow.arn}",
                "iam_role_arn": "${aws_iam_role.flow.arn}", "max_aggregation_interval": 60,
            }},
        },
        "output": {
            "vpc_id": {"value": "${aws_vpc.vpc.id}"},
            "node_subnet_ids": {"value": [f"${{aws_subnet.{n}.id}}" for n in subnets if n.startswith("nodes")]},
            "endpoint_subnet_ids": {"value": [f"${{aws_subnet.{n}.id}}" for n in subnets if n.startswith("end")]},
            "route_table_id": {"value": "${aws_route_table.nodes.id}"},
        },
    }  # fmt: skip


def endpoints(region: str) -> Json:
    prefix = "cn.com.amazonaws" if region.startswith("cn-") else "com.amazonaws"
    return {
        "resource": {
            "aws_security_group": {"endpoints": {"name": "prod-endpoints", "description": "to the endpoints", "vpc_id": remote("network", "vpc_id")}},
            "aws_vpc_security_group_ingress_rule": {"https": {
                "security_group_id": "${aws_security_group.endpoints.id}", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/16",
            }},
            "aws_vpc_endpoint": {
                "s3": {
                    "vpc_id": remote("network", "vpc_id"), "service_name": f"com.amazonaws.{region}.s3", "vpc_endpoint_type": "Gateway",
                    "route_table_ids": [remote("network", "route_table_id")], "policy": allow("s3:GetObject", principal="*"),
                },
                **{service.replace(".", "-"): {
                    "vpc_id": remote("network", "vpc_id"), "service_name": f"{prefix}.{region}.{service}", "vpc_endpoint_type": "Interface",
                    "private_dns_enabled": True, "subnet_ids": remote("network", "endpoint_subnet_ids"),
                    "security_group_ids": ["${aws_security_group.endpoints.id}"], "policy": allow("*", principal="*"),
                } for service in INTERFACE},
            },
        },
        "output": {"security_group_id": {"value": "${aws_security_group.endpoints.id}"}},
    }  # fmt: skip


def registry() -> Json:
    return {
        "resource": {
            "aws_ecr_repository": {"autoscaler": {
                "name": "prod/autoscaler", "image_tag_mutability": "IMMUTABLE", "force_delete": True,
                "image_scanning_configuration": {"scan_on_push": True}, "encryption_configuration": [{"encryption_type": "AES256"}],
            }},
            "aws_ecr_lifecycle_policy": {"autoscaler": {"repository": "${aws_ecr_repository.autoscaler.name}", "policy": json.dumps({"rules": [{
                "rulePriority": 1, "description": "old", "action": {"type": "expire"},
                "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5},
            }]})}},
            "aws_ecr_repository_policy": {"autoscaler": {"repository": "${aws_ecr_repository.autoscaler.name}", "policy": allow("ecr:BatchGetImage", principal="*", resource=False)}},
            "aws_ecr_registry_scanning_configuration": {"scan": {"scan_type": "BASIC", "rule": [{
                "scan_frequency": "SCAN_ON_PUSH", "repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}]}]}},
            "aws_ecr_pull_through_cache_rule": {
                "k8s": {"ecr_repository_prefix": "prod/k8s", "upstream_registry_url": "registry.k8s.io"},
                "public": {"ecr_repository_prefix": "prod/ecr-public", "upstream_registry_url": "public.ecr.aws"},
            },
            "aws_ecr_repository_creation_template": {"k8s": {
                "prefix": "prod/k8s", "applied_for": ["PULL_THROUGH_CACHE"], "image_tag_mutability": "IMMUTABLE", "description": "cached",
                "encryption_configuration": [{"encryption_type": "AES256"}],
            }},
        },
        "output": {"host": {"value": "${aws_ecr_repository.autoscaler.repository_url}"}},
    }  # fmt: skip


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


def access(region: str) -> Json:
    return {
        "resource": {
            "aws_security_group": {"bastion": {"name": "prod-bastion", "description": "no way in", "vpc_id": remote("network", "vpc_id")}},
            "aws_vpc_security_group_egress_rule": {"https": {"security_group_id": "${aws_security_group.bastion.id}", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/16"}},
            "aws_vpc_security_group_ingress_rule": {"api": {"security_group_id": remote("cluster", "security_group_id"), "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "referenced_security_group_id": "${aws_security_group.bastion.id}"}},
            "aws_iam_role": {"bastion": {"name": "prod-bastion", "assume_role_policy": assume("ec2.amazonaws.com")}},
            "aws_iam_role_policy_attachment": {"bastion": {"role": "${aws_iam_role.bastion.name}", "policy_arn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}},
            "aws_iam_instance_profile": {"bastion": {"name": "prod-bastion", "role": "${aws_iam_role.bastion.name}"}},
            "aws_instance": {"bastion": {
                "ami": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "instance_type": "t3.micro",
                "subnet_id": "${data.terraform_remote_state.network.outputs.node_subnet_ids[0]}", "iam_instance_profile": "${aws_iam_instance_profile.bastion.name}",
                "vpc_security_group_ids": ["${aws_security_group.bastion.id}"], "associate_public_ip_address": False,
                "metadata_options": {"http_tokens": "required", "http_endpoint": "enabled"},
                "root_block_device": {"encrypted": True, "volume_size": 8, "volume_type": "gp3"},
                "lifecycle": {"ignore_changes": ["ami"]}, "tags": {"Name": "prod-bastion"},
            }},
            "aws_ssm_document": {"forward": {"name": "prod-forward", "document_type": "Session", "document_format": "JSON", "content": json.dumps({
                "schemaVersion": "1.0", "description": "port", "sessionType": "Port", "parameters": {"host": {"type": "String"}},
                "properties": {"portNumber": "443"}})}},
        },
        "output": {"instance_id": {"value": "${aws_instance.bastion.id}"}},
    }  # fmt: skip


def assume(service: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }
    )


def allow(action: str, principal: Any = None, resource: Any = "*") -> str:
    statement: Json = {"Effect": "Allow", "Action": action}
    if resource:
        statement["Resource"] = resource
    if principal:
        statement["Principal"] = principal
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

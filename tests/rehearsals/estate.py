"""A whole private estate as a cdktf.out folder, written by hand: five stacks that read each other's remote state."""

from __future__ import annotations

import json
from pathlib import Path

from .estate_cluster import cluster
from .estate_words import Json, allow, assume, remote

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


def access(region: str) -> Json:
    return {
        "data": {"aws_ssm_parameter": {"ami": {"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"}}},
        "resource": {
            "aws_security_group": {"bastion": {"name": "prod-bastion", "description": "no way in", "vpc_id": remote("network", "vpc_id")}},
            "aws_vpc_security_group_egress_rule": {"https": {"security_group_id": "${aws_security_group.bastion.id}", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/16"}},
            "aws_vpc_security_group_ingress_rule": {"api": {"security_group_id": remote("cluster", "security_group_id"), "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "referenced_security_group_id": "${aws_security_group.bastion.id}"}},
            "aws_iam_role": {"bastion": {"name": "prod-bastion", "assume_role_policy": assume("ec2.amazonaws.com")}},
            "aws_iam_role_policy_attachment": {"bastion": {"role": "${aws_iam_role.bastion.name}", "policy_arn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}},
            "aws_iam_instance_profile": {"bastion": {"name": "prod-bastion", "role": "${aws_iam_role.bastion.name}"}},
            "aws_instance": {"bastion": {
                "ami": "${data.aws_ssm_parameter.ami.value}", "instance_type": "t3.micro",
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

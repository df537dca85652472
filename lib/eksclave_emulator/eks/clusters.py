"""EKS clusters: what a create refuses, the interfaces and the security group that EKS makes, and deletion."""

from __future__ import annotations

import base64
from typing import Any

from moto.moto_api._internal import mock_random

from ..states import GONE
from .exceptions import InUse, InvalidParameter, UnsupportedZone
from .store import Json, Key, Store, now

EXCLUDED_ZONES = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zone ids in which no control-plane interface may be (EKS user guide, network requirements, subnet requirements)."""

VERSIONS = ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35")
"""Kubernetes versions that a create takes. EKS retires and adds some each year; a refusal here names the list."""

DEFAULT_VERSION = "1.34"
_MISSING = "No cluster found for name: {}."
_LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


class Clusters(Store):
    """Create, describe, list and delete clusters."""

    def create_cluster(self, ask: Json) -> Json:
        """CreateCluster. The API's own defaults are filled in, as DescribeCluster shows them."""
        name, vpc = ask["name"], dict(ask["resourcesVpcConfig"])
        subnets = self._control_plane_subnets(vpc.get("subnetIds") or [])
        groups = list(vpc.get("securityGroupIds") or [])
        self._check_groups(groups)
        if self.role_or_none(ask["roleArn"]) is None:
            raise InvalidParameter(f"Role with arn: {ask['roleArn']}, could not be assumed because it does not exist")
        version = ask.get("version") or DEFAULT_VERSION
        if version not in VERSIONS:
            raise InvalidParameter(f"unsupported Kubernetes version {version}; supported: {', '.join(VERSIONS)}")
        self._check_auto_mode(ask)
        public = vpc.get("endpointPublicAccess", True)
        private = vpc.get("endpointPrivateAccess", False)
        if not public and not private:
            raise InvalidParameter("Private and public endpoint access cannot be false")
        taken = f"Cluster already exists with name: {name}"
        if ("cluster", (name,)) in ((k, key) for k, of in self.items.items() for key in of):
            raise InUse(taken)
        body = _defaults(ask, version)
        body |= self._identity(name)
        body["resourcesVpcConfig"] = {
            "subnetIds": [subnet.id for subnet in subnets],
            "securityGroupIds": groups,
            "vpcId": subnets[0].vpc_id,
            "clusterSecurityGroupId": self._cluster_group(name, subnets[0].vpc_id),
            "endpointPublicAccess": public,
            "endpointPrivateAccess": private,
            "publicAccessCidrs": (vpc.get("publicAccessCidrs") or ["0.0.0.0/0"]) if public else [],
        }
        item = self.put("cluster", (name,), body, taken)
        self._place_interfaces(name, body["resourcesVpcConfig"])
        self._admit_creator(name, ask)
        return item.answer()

    def describe_cluster(self, ask: Json) -> Json:
        """DescribeCluster."""
        return self.look("cluster", (ask["name"],), _MISSING.format(ask["name"]))

    def list_clusters(self, ask: Json) -> list[str]:
        """ListClusters."""
        return sorted(key[0] for key in self.items.get("cluster", {}))

    def delete_cluster(self, ask: Json) -> Json:
        """DeleteCluster. Add-ons, entries and associations go with it; node groups and Fargate profiles do not."""
        name = ask["name"]
        item = self.get("cluster", (name,), _MISSING.format(name))
        for kind, said in (("nodegroup", "nodegroups"), ("fargateProfile", "fargate profiles")):
            if names := self.names(kind, name):
                raise InUse(f"Cluster has {said} attached: {', '.join(names)}")
        if item.body.get("deletionProtection"):
            raise InUse("Cluster has deletion protection enabled")
        for kind in ("addon", "accessEntry", "association", "update"):
            for key in self.of_cluster(kind, name):
                self.items[kind].pop(key)
        item.go("DELETING")
        return item.answer()

    def forget(self, kind: str, key: Key) -> None:
        """With a cluster go its interfaces and the security group that EKS made."""
        body = self.items[kind][key].body
        super().forget(kind, key)
        for eni in body.get(":interfaces", ()):
            self.ec2.enis.pop(eni, None)
        if kind == "cluster":
            group = body["resourcesVpcConfig"]["clusterSecurityGroupId"]
            for groups in self.ec2.groups.values():
                groups.pop(group, None)

    def describe_cluster_versions(self, ask: Json) -> list[Json]:
        """DescribeClusterVersions."""
        asked = ask.get("clusterVersions") or VERSIONS
        return [
            {"clusterVersion": version, "clusterType": "eks", "defaultVersion": version == DEFAULT_VERSION}
            | {
                "status": "standard-support",
                "versionStatus": "STANDARD_SUPPORT",
                "kubernetesPatchVersion": f"{version}.1",
            }
            for version in reversed(VERSIONS)
            if version in asked
        ]

    def cluster(self, name: str) -> Json:
        """Return the body of a cluster that is not being deleted, or raise."""
        item = self.get("cluster", (name,), _MISSING.format(name))
        if item.status == GONE:
            self.forget("cluster", (name,))
            self.get("cluster", (name,), _MISSING.format(name))
        return item.body

    def active_cluster(self, name: str) -> Json:
        """Return the body of a cluster that is `ACTIVE`, or raise as EKS does."""
        body = self.cluster(name)
        status = self.items["cluster"][(name,)]._status
        if status not in ("ACTIVE", "UPDATING"):
            raise InUse(f"Cluster '{name}' is not in ACTIVE status; it is in {status} status")
        return body

    def _control_plane_subnets(self, ids: list[str]) -> list[Any]:
        subnets = self.find_subnets(ids)
        zones = {subnet.availability_zone_id for subnet in subnets}
        if excluded := sorted(zones & set(EXCLUDED_ZONES)):
            raise UnsupportedZone(
                f"Cannot create cluster because {', '.join(excluded)}, the targeted availability zone, does not "
                "currently have sufficient capacity to support the cluster; choose subnets in other zones"
            )
        if len(zones) < 2:
            raise InvalidParameter("Subnets specified must be in at least two different AZs")
        if len({subnet.vpc_id for subnet in subnets}) > 1:
            raise InvalidParameter("All subnets must belong to the same VPC")
        return subnets

    def find_subnets(self, ids: list[str]) -> list[Any]:
        """Return EC2's subnets by id, in the order asked, or refuse as EKS does."""
        known = {subnet_id: subnet for zone in self.ec2.subnets.values() for subnet_id, subnet in zone.items()}
        missing = [subnet_id for subnet_id in ids if subnet_id not in known]
        if missing or not ids:
            raise InvalidParameter(f"The subnet ID '{', '.join(missing)}' does not exist")
        return [known[subnet_id] for subnet_id in ids]

    def _check_groups(self, groups: list[str]) -> None:
        for group in groups:
            if self.ec2.get_security_group_from_id(group) is None:
                raise InvalidParameter(f"The security group '{group}' does not exist")

    @staticmethod
    def _check_auto_mode(ask: Json) -> None:
        """Auto Mode is on in its three places or in none (API reference, CreateCluster, computeConfig)."""
        network = ask.get("kubernetesNetworkConfig") or {}
        parts = {
            bool((ask.get("computeConfig") or {}).get("enabled")),
            bool((network.get("elasticLoadBalancing") or {}).get("enabled")),
            bool(((ask.get("storageConfig") or {}).get("blockStorage") or {}).get("enabled")),
        }
        if len(parts) > 1:
            raise InvalidParameter(
                "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
                "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
            )
        if parts == {True} and ask.get("bootstrapSelfManagedAddons", True):
            raise InvalidParameter("For EKS Auto Mode, bootstrapSelfManagedAddons must be set to false")

    def _cluster_group(self, name: str, vpc_id: str) -> str:
        """The security group that EKS makes: everything from itself, everything out, tagged as owned."""
        tags = {
            "Name": f"eks-cluster-sg-{name}",
            f"kubernetes.io/cluster/{name}": "owned",
            "aws:eks:cluster-name": name,
        }
        said = "EKS created security group applied to ENIs of the control plane and to managed workloads"
        suffix = "".join(mock_random.choice("0123456789") for _ in range(9))
        group = self.ec2.create_security_group(f"eks-cluster-sg-{name}-{suffix}", said, vpc_id=vpc_id, tags=tags)
        self.ec2.authorize_security_group_ingress(group.id, "-1", None, None, [], [{"GroupId": group.id}])
        return str(group.id)

    def _place_interfaces(self, name: str, vpc: Json) -> None:
        groups = [vpc["clusterSecurityGroupId"], *vpc["securityGroupIds"]]
        self.items["cluster"][(name,)].body[":interfaces"] = [
            self.interface(subnet, groups, f"Amazon EKS {name}") for subnet in vpc["subnetIds"]
        ]

    def interface(self, subnet_id: str, groups: list[str], description: str) -> str:
        """Make an interface that AWS owns; it keeps its subnet and security groups from deletion."""
        eni = self.ec2.create_network_interface(subnet_id, [], group_ids=groups, description=description)
        eni.requester_managed, eni.status = True, "in-use"
        return str(eni.id)

    def _identity(self, name: str) -> Json:
        ident = "".join(mock_random.choice("0123456789ABCDEF") for _ in range(32))
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        pem = "-----BEGIN CERTIFICATE-----\nZWtzY2xhdmUgZW11bGF0b3I=\n-----END CERTIFICATE-----\n"
        return {
            "arn": self.arn("cluster", name).replace("cluster/", "cluster/", 1),
            "endpoint": f"https://{ident}.gr7.{self.region_name}.eks.{suffix}",
            "identity": {"oidc": {"issuer": f"https://oidc.eks.{self.region_name}.{suffix}/id/{ident}"}},
            "certificateAuthority": {"data": base64.b64encode(pem.encode()).decode()},
        }

    def _admit_creator(self, name: str, ask: Json) -> None:
        raise NotImplementedError


def _defaults(ask: Json, version: str) -> Json:
    access = ask.get("accessConfig") or {}
    network = ask.get("kubernetesNetworkConfig") or {}
    asked = {kind: setup["enabled"] for setup in (ask.get("logging") or {}).get("clusterLogging", [])
             for kind in setup.get("types", [])}  # fmt: skip
    return {
        "name": ask["name"],
        "createdAt": now(),
        "version": version,
        "platformVersion": "eks.9",
        "roleArn": ask["roleArn"],
        "kubernetesNetworkConfig": {
            "ipFamily": network.get("ipFamily", "ipv4"),
            "serviceIpv4Cidr": network.get("serviceIpv4Cidr", "172.20.0.0/16"),
            "elasticLoadBalancing": {"enabled": (network.get("elasticLoadBalancing") or {}).get("enabled", False)},
        },
        "logging": {"clusterLogging": logging_of(asked)},
        "tags": dict(ask.get("tags") or {}),
        "encryptionConfig": ask.get("encryptionConfig") or [],
        "accessConfig": {"authenticationMode": access.get("authenticationMode", "CONFIG_MAP")},
        "upgradePolicy": ask.get("upgradePolicy") or {"supportType": "EXTENDED"},
        "zonalShiftConfig": ask.get("zonalShiftConfig"),
        "remoteNetworkConfig": ask.get("remoteNetworkConfig"),
        "computeConfig": ask.get("computeConfig"),
        "storageConfig": ask.get("storageConfig"),
        "deletionProtection": ask.get("deletionProtection", False),
        "health": {"issues": []},
    }


def logging_of(on: dict[str, bool]) -> list[Json]:
    """Return clusterLogging as EKS answers it: the types that are on, then those that are off."""
    parts = [{"types": [kind for kind in _LOG_TYPES if on.get(kind, False) is state], "enabled": state}
             for state in (True, False)]  # fmt: skip
    return [part for part in parts if part["types"]]

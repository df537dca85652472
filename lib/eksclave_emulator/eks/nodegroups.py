"""Managed node groups: their instances' interfaces, their Auto Scaling group, and the access entry that EKS adds."""

from __future__ import annotations

from typing import Any

from .clusters import Clusters
from .exceptions import InUse, InvalidParameter, InvalidRequest
from .store import Json, Key, now, uuid

_MISSING = "No node group found for name: {}."


class Nodegroups(Clusters):
    """Create, describe, list, update and delete node groups."""

    def create_nodegroup(self, ask: Json) -> Json:
        """CreateNodegroup."""
        cluster_name, name = ask["clusterName"], ask["nodegroupName"]
        cluster = self.active_cluster(cluster_name)
        subnets = self.find_subnets(ask["subnets"])
        if {subnet.vpc_id for subnet in subnets} != {cluster["resourcesVpcConfig"]["vpcId"]}:
            raise InvalidParameter("Subnets must belong to the VPC of the cluster")
        if self.role_or_none(ask["nodeRole"]) is None:
            raise InvalidParameter(f"Role with arn: {ask['nodeRole']}, could not be assumed because it does not exist")
        template = self._template(ask)
        version = ask.get("version") or cluster["version"]
        if version > cluster["version"]:
            raise InvalidParameter(
                f"Requested Nodegroup version {version} is newer than the cluster's {cluster['version']}"
            )
        scaling = {"minSize": 1, "maxSize": 2, "desiredSize": 2} | (ask.get("scalingConfig") or {})
        if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"]:
            raise InvalidParameter("Desired capacity must be between minimum and maximum size")
        ident = uuid()
        group = f"eks-{name}-{ident}"
        body = {
            "nodegroupName": name,
            "clusterName": cluster_name,
            "nodegroupArn": self.arn("nodegroup", cluster_name, name, ident),
            "version": version,
            "releaseVersion": ask.get("releaseVersion") or _release(ask, version),
            "createdAt": now(),
            "modifiedAt": now(),
            "capacityType": ask.get("capacityType") or "ON_DEMAND",
            "scalingConfig": scaling,
            "instanceTypes": ask.get("instanceTypes") or ([] if template else ["t3.medium"]),
            "subnets": ask["subnets"],
            "amiType": ask.get("amiType")
            or ("CUSTOM" if template and template.get(":image") else "AL2023_x86_64_STANDARD"),
            "nodeRole": ask["nodeRole"],
            "labels": dict(ask.get("labels") or {}),
            "taints": list(ask.get("taints") or []),
            "resources": {"autoScalingGroups": [{"name": group}]},
            "diskSize": None if template else ask.get("diskSize") or 20,
            "health": {"issues": []},
            "updateConfig": ask.get("updateConfig") or {"maxUnavailable": 1},
            "nodeRepairConfig": ask.get("nodeRepairConfig"),
            "remoteAccess": ask.get("remoteAccess"),
            "launchTemplate": template and {word: template[word] for word in ("id", "name", "version")},
            "tags": dict(ask.get("tags") or {}),
        }
        taken = f"NodeGroup already exists with name {name} and cluster name {cluster_name}"
        item = self.put("nodegroup", (cluster_name, name), body, taken)
        groups = [cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]]
        if template and template.get(":groups"):
            groups = template[":groups"]
        body[":interfaces"] = [
            self.interface(subnets[i % len(subnets)].id, groups, f"node of {cluster_name}/{name}")
            for i in range(scaling["desiredSize"])
        ]
        kind = "EC2_WINDOWS" if body["amiType"].startswith("WINDOWS") else "EC2_LINUX"
        self._admit_role(cluster_name, ask["nodeRole"], kind)
        self._scaling_group(group, cluster_name, body)
        return item.answer()

    def describe_nodegroup(self, ask: Json) -> Json:
        """DescribeNodegroup."""
        self.cluster(ask["clusterName"])
        name = ask["nodegroupName"]
        return self.look("nodegroup", (ask["clusterName"], name), _MISSING.format(name))

    def list_nodegroups(self, ask: Json) -> list[str]:
        """ListNodegroups."""
        self.cluster(ask["clusterName"])
        return self.names("nodegroup", ask["clusterName"])

    def delete_nodegroup(self, ask: Json) -> Json:
        """DeleteNodegroup."""
        name = ask["nodegroupName"]
        item = self.get("nodegroup", (ask["clusterName"], name), _MISSING.format(name))
        item.go("DELETING")
        return item.answer()

    def forget(self, kind: str, key: Key) -> None:
        """With a node group goes its Auto Scaling group."""
        groups = self.items[kind][key].body.get("resources", {}).get("autoScalingGroups", [])
        super().forget(kind, key)
        for group in groups:
            self._autoscaling.autoscaling_groups.pop(group["name"], None)

    def update_nodegroup_config(self, ask: Json) -> Json:
        """UpdateNodegroupConfig."""
        body = self._ready(ask)
        labels, taints = ask.get("labels") or {}, ask.get("taints") or {}
        body["labels"].update(labels.get("addOrUpdateLabels") or {})
        for key in labels.get("removeLabels") or []:
            body["labels"].pop(key, None)
        changed = {(taint["key"], taint["effect"]) for part in taints.values() for taint in part or []}
        body["taints"] = [taint for taint in body["taints"] if (taint["key"], taint["effect"]) not in changed]
        body["taints"] += taints.get("addOrUpdateTaints") or []
        body["scalingConfig"] |= ask.get("scalingConfig") or {}
        for word in ("updateConfig", "nodeRepairConfig"):
            body[word] = ask.get(word) or body[word]
        return self.begin(ask["clusterName"], "ConfigUpdate")

    def update_nodegroup_version(self, ask: Json) -> Json:
        """UpdateNodegroupVersion."""
        body = self._ready(ask)
        if ask.get("launchTemplate"):
            template = self._template({**ask, "instanceTypes": None, "diskSize": None})
            body["launchTemplate"] = template and {word: template[word] for word in ("id", "name", "version")}
        body["version"] = ask.get("version") or self.cluster(ask["clusterName"])["version"]
        body["releaseVersion"] = ask.get("releaseVersion") or _release(body, body["version"])
        return self.begin(ask["clusterName"], "VersionUpdate")

    def _ready(self, ask: Json) -> Json:
        name = ask["nodegroupName"]
        item = self.get("nodegroup", (ask["clusterName"], name), _MISSING.format(name))
        if item.status != "ACTIVE":
            raise InUse(f"Nodegroup '{name}' is not in ACTIVE status")
        return item.body

    def _template(self, ask: Json) -> Json | None:
        """Return the launch template that the request names, with what it decides; refuse what it must not hold."""
        asked = ask.get("launchTemplate")
        if not asked:
            return None
        known: dict[str, Any] = self.ec2.launch_templates
        found = known.get(asked.get("id", "")) or next((t for t in known.values() if t.name == asked.get("name")), None)
        if found is None:
            raise InvalidRequest(f"Launch template {asked.get('id') or asked.get('name')} could not be found")
        number = asked.get("version") or str(found.default_version_number)
        version = found.latest_version() if number == "$Latest" else (
            found.default_version() if number == "$Default" else found.get_version(int(number)))  # fmt: skip
        data: Json = version.data
        if ask.get("diskSize"):
            raise InvalidParameter("Disk size must be specified within the launch template.")
        if ask.get("remoteAccess"):
            raise InvalidParameter("Remote access configuration cannot be specified with a launch template.")
        for word, said in (("IamInstanceProfile", "an instance profile"), ("InstanceMarketOptions", "market options")):
            if data.get(word):
                raise InvalidRequest(f"Launch template must not specify {said}")
        if data.get("InstanceType") and ask.get("instanceTypes"):
            raise InvalidParameter("Instance types must not be given in both the launch template and the node group")
        faces = data.get("NetworkInterfaces") or []
        groups = data.get("SecurityGroupIds") or [g for face in faces for g in face.get("Groups") or []]
        return {
            "id": found.id,
            "name": found.name,
            "version": str(version.number),
            ":image": data.get("ImageId"),
            ":groups": groups,
        }

    @property
    def _autoscaling(self) -> Any:
        from moto.autoscaling.models import autoscaling_backends

        return autoscaling_backends[self.account_id][self.region_name]

    def _scaling_group(self, name: str, cluster: str, body: Json) -> None:
        """An Auto Scaling group with no instance of its own: node groups' interfaces stand for their instances."""
        tags = {
            f"kubernetes.io/cluster/{cluster}": "owned",
            f"k8s.io/cluster-autoscaler/{cluster}": "owned",
            "k8s.io/cluster-autoscaler/enabled": "true",
            "eks:cluster-name": cluster,
            "eks:nodegroup-name": body["nodegroupName"],
        }
        instance = (body["instanceTypes"] or ["m5.large"])[0]
        template = self.ec2.create_launch_template(name, "", {"InstanceType": instance}, {})
        self._autoscaling.create_auto_scaling_group(
            name=name,
            availability_zones=[],
            desired_capacity=0,
            max_size=body["scalingConfig"]["maxSize"],
            min_size=0,
            launch_config_name=None,
            launch_template={"LaunchTemplateId": template.id, "Version": "1"},
            vpc_zone_identifier=",".join(body["subnets"]),
            default_cooldown=300,
            health_check_period=0,
            health_check_type="EC2",
            load_balancers=[],
            target_group_arns=[],
            placement_group=None,
            termination_policies=[],
            tags=[_group_tag(name, key, value) for key, value in tags.items()],
        )
        self.ec2.launch_templates.pop(template.id)
        self.ec2.launch_template_name_to_ids.pop(name, None)

    def _admit_role(self, cluster: str, role: str, kind: str) -> None:
        raise NotImplementedError

    def begin(self, cluster: str, kind: str) -> Json:
        """Record an update; `updates` says how."""
        raise NotImplementedError


def _release(ask: Json, version: str) -> str:
    family = str(ask.get("amiType") or "AL2023_x86_64_STANDARD")
    return f"{version}.1-20261101" if not family.startswith("BOTTLEROCKET") else "1.49.0-713f44ce"


def _group_tag(group: str, key: str, value: str) -> Json:
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": value,
        "PropagateAtLaunch": True,
    }

"""Fargate profiles: private subnets only, one change at a time."""

from __future__ import annotations

from moto.core.exceptions import ServiceException

from .clusters import Clusters
from .exceptions import InvalidParameter, InvalidRequest
from .store import Json, now, uuid

_MISSING = "No Fargate Profile found with name: {}."


class FargateProfiles(Clusters):
    """Create, describe, list and delete Fargate profiles."""

    def create_fargate_profile(self, ask: Json) -> Json:
        """CreateFargateProfile."""
        cluster, name = ask["clusterName"], ask["fargateProfileName"]
        self.active_cluster(cluster)
        self._one_at_a_time(cluster, f"Cannot create Fargate Profile {name}", InvalidRequest)
        for subnet in self.find_subnets(ask.get("subnets") or []):
            if self._leads_out(subnet):
                raise InvalidParameter(f"Subnet {subnet.id} provided in Fargate Profile is not a private subnet")
        selectors = ask.get("selectors") or []
        if not selectors:
            raise InvalidParameter("Fargate Profile requires at least one selector.")
        if self.role_or_none(ask["podExecutionRoleArn"]) is None:
            raise InvalidParameter(
                f"Misconfigured PodExecutionRole Trust Policy; {ask['podExecutionRoleArn']} does not exist"
            )
        body = {
            "fargateProfileName": name,
            "fargateProfileArn": self.arn("fargateprofile", cluster, name, uuid()),
            "clusterName": cluster,
            "createdAt": now(),
            "podExecutionRoleArn": ask["podExecutionRoleArn"],
            "subnets": ask["subnets"],
            "selectors": selectors,
            "tags": dict(ask.get("tags") or {}),
            "health": {"issues": []},
        }
        taken = "A Fargate Profile already exists with this name in this cluster."
        item = self.put("fargateProfile", (cluster, name), body, taken)
        self._admit_role(cluster, ask["podExecutionRoleArn"], "FARGATE_LINUX")
        return item.answer()

    def describe_fargate_profile(self, ask: Json) -> Json:
        """DescribeFargateProfile."""
        name = ask["fargateProfileName"]
        return self.look("fargateProfile", (ask["clusterName"], name), _MISSING.format(name))

    def list_fargate_profiles(self, ask: Json) -> list[str]:
        """ListFargateProfiles."""
        self.cluster(ask["clusterName"])
        return self.names("fargateProfile", ask["clusterName"])

    def delete_fargate_profile(self, ask: Json) -> Json:
        """DeleteFargateProfile."""
        cluster, name = ask["clusterName"], ask["fargateProfileName"]
        item = self.get("fargateProfile", (cluster, name), _MISSING.format(name))
        self._one_at_a_time(cluster, f"Cannot delete Fargate Profile {name}", InvalidParameter)
        item.go("DELETING")
        return item.answer()

    def _one_at_a_time(self, cluster: str, said: str, kind: type[ServiceException]) -> None:
        for key, item in self.of_cluster("fargateProfile", cluster).items():
            if item._status in ("CREATING", "DELETING"):
                raise kind(
                    f"{said} because cluster {cluster} currently has Fargate profile {key[1]} in status {item._status}"
                )

    def _leads_out(self, subnet: object) -> bool:
        """True where the subnet's route table has a route to an internet gateway."""
        tables = self.ec2.describe_route_tables(filters={"association.subnet-id": [subnet.id]})  # type: ignore[attr-defined]
        tables = tables or [
            t for t in self.ec2.describe_route_tables(filters={"vpc-id": [subnet.vpc_id]}) if t.main_association_id
        ]  # type: ignore[attr-defined]
        return any(str(getattr(route.gateway, "id", "")).startswith("igw-") for t in tables for route in t.routes)

    def _admit_role(self, cluster: str, role: str, kind: str) -> None:
        raise NotImplementedError

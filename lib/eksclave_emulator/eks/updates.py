"""EKS updates: they change the resource at once, are `InProgress` for a look, then `Successful`."""

from __future__ import annotations

from ..states import Item
from .clusters import VERSIONS, Clusters, logging_of
from .exceptions import InvalidParameter, InvalidRequest
from .store import Json, now, uuid

_COPIED = ("accessConfig", "upgradePolicy", "zonalShiftConfig", "computeConfig", "storageConfig", "remoteNetworkConfig")


class Updates(Clusters):
    """Changes to clusters, and the record of every update."""

    def update_cluster_config(self, ask: Json) -> Json:
        """UpdateClusterConfig. One kind of change at a time, as the API reference says."""
        cluster = self.active_cluster(ask["name"])
        kinds = [word for word in ask if word not in ("name", "clientRequestToken") and ask[word] is not None]
        auto = {"computeConfig", "storageConfig", "kubernetesNetworkConfig"}
        if len(kinds) > 1 and not set(kinds) <= auto:
            raise InvalidParameter("Only one type of update can be allowed.")
        if vpc := ask.get("resourcesVpcConfig"):
            self._change_vpc(cluster, vpc)
        if logging := ask.get("logging"):
            on = {kind: part["enabled"] for source in (cluster["logging"], logging)
                  for part in source["clusterLogging"] for kind in part.get("types", [])}  # fmt: skip
            cluster["logging"] = {"clusterLogging": logging_of(on)}
        if mode := (ask.get("accessConfig") or {}).get("authenticationMode"):
            order = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"]
            if order.index(mode) < order.index(cluster["accessConfig"]["authenticationMode"]):
                raise InvalidParameter(f"Unsupported authentication mode update from "
                                       f"{cluster['accessConfig']['authenticationMode']} to {mode}")  # fmt: skip
        if "deletionProtection" in ask:
            cluster["deletionProtection"] = ask["deletionProtection"]
        if network := ask.get("kubernetesNetworkConfig"):
            cluster["kubernetesNetworkConfig"] |= network
        for word in _COPIED:
            if ask.get(word) is not None:
                cluster[word] = {**(cluster.get(word) or {}), **ask[word]}
        return self.begin(ask["name"], _kind(kinds))

    def _change_vpc(self, cluster: Json, vpc: Json) -> None:
        wanted = cluster["resourcesVpcConfig"] | {word: value for word, value in vpc.items() if value is not None}
        if not wanted["endpointPublicAccess"] and not wanted["endpointPrivateAccess"]:
            raise InvalidParameter("Private and public endpoint access cannot be false")
        if "subnetIds" in vpc:
            self._control_plane_subnets(vpc["subnetIds"])
        if not wanted["endpointPublicAccess"]:
            wanted["publicAccessCidrs"] = []
        cluster["resourcesVpcConfig"] = wanted

    def update_cluster_version(self, ask: Json) -> Json:
        """UpdateClusterVersion: one minor at a time, never back."""
        cluster, wanted = self.active_cluster(ask["name"]), ask["version"]
        if wanted not in VERSIONS:
            raise InvalidParameter(f"unsupported Kubernetes version {wanted}")
        if VERSIONS.index(wanted) - VERSIONS.index(cluster["version"]) != 1:
            raise InvalidParameter(f"Unsupported Kubernetes minor version update from {cluster['version']} to {wanted}")
        cluster["version"] = wanted
        return self.begin(ask["name"], "VersionUpdate")

    def associate_encryption_config(self, ask: Json) -> Json:
        """AssociateEncryptionConfig: once, and for good."""
        cluster = self.active_cluster(ask["clusterName"])
        if cluster["encryptionConfig"]:
            raise InvalidRequest("EncryptionConfig is already associated with the cluster")
        cluster["encryptionConfig"] = ask["encryptionConfig"]
        return self.begin(ask["clusterName"], "AssociateEncryptionConfig")

    def begin(self, cluster: str, kind: str) -> Json:
        """Record an update and return it as the API answers it."""
        ident = uuid()
        body = {"id": ident, "type": kind, "params": [], "createdAt": now(), "errors": []}
        item = self.put("update", (cluster, ident), body, f"update {ident} exists")
        return _told(item)

    def describe_update(self, ask: Json) -> Json:
        """DescribeUpdate."""
        item = self.get("update", (ask["name"], ask["updateId"]), f"No update found for ID: {ask['updateId']}")
        item.look()
        return _told(item)

    def list_updates(self, ask: Json) -> list[str]:
        """ListUpdates."""
        return self.names("update", ask["name"])


def _told(item: Item) -> Json:
    return {**item.body, "status": "InProgress" if item._status == "CREATING" else "Successful"}


def _kind(kinds: list[str]) -> str:
    words = {"resourcesVpcConfig": "VpcConfigUpdate", "logging": "LoggingUpdate", "accessConfig": "AccessConfigUpdate",
             "upgradePolicy": "UpgradePolicyUpdate", "zonalShiftConfig": "ZonalShiftConfigUpdate",
             "remoteNetworkConfig": "RemoteNetworkConfigUpdate",
             "deletionProtection": "DeletionProtectionUpdate"}  # fmt: skip
    return words.get(kinds[0], "AutoModeUpdate") if kinds else "ConfigUpdate"

"""EKS access entries and the access policies associated with them."""

from __future__ import annotations

from .clusters import Clusters
from .exceptions import InUse, InvalidParameter, InvalidRequest, NotFound
from .store import Json, now, uuid

POLICIES = (
    "AmazonAIOpsAssistantPolicy", "AmazonEKSACKPolicy", "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy",
    "AmazonEKSArgoCDClusterPolicy", "AmazonEKSAutoNodePolicy", "AmazonEKSBlockStorageClusterPolicy",
    "AmazonEKSBlockStoragePolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSClusterInsightsPolicy",
    "AmazonEKSComputeClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSEditPolicy", "AmazonEKSHybridPolicy",
    "AmazonEKSLoadBalancingClusterPolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingClusterPolicy",
    "AmazonEKSNetworkingPolicy", "AmazonEKSSecretReaderPolicy", "AmazonEKSViewPolicy",
)  # fmt: skip
"""EKS user guide, "Review access policy permissions"."""

_NODE_KINDS = ("EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
_KINDS = ("STANDARD", "EC2", *_NODE_KINDS)
_USERS = {"EC2_LINUX": "system:node:{{EC2PrivateDNSName}}", "EC2_WINDOWS": "system:node:{{EC2PrivateDNSName}}",
          "EC2": "system:node:{{EC2PrivateDNSName}}", "FARGATE_LINUX": "system:node:{{SessionName}}",
          "HYBRID_LINUX": "system:node:{{SessionName}}", "HYPERPOD_LINUX": "system:node:{{SessionName}}"}  # fmt: skip


class AccessEntries(Clusters):
    """Who may come in, and with which access policies."""

    def create_access_entry(self, ask: Json) -> Json:
        """CreateAccessEntry."""
        self._needs_api_mode(ask["clusterName"])
        principal, kind = ask["principalArn"], ask.get("type") or "STANDARD"
        if not self._exists(principal):
            raise InvalidParameter("The specified principalArn is invalid: invalid principal.")
        if kind not in _KINDS:
            raise InvalidParameter(f"The specified type is invalid: {kind}")
        if kind != "STANDARD" and (ask.get("kubernetesGroups") or ask.get("username")):
            raise InvalidRequest(f"The kubernetesGroups and username cannot be specified for type {kind}")
        if any(
            group.startswith(("system:", "eks:", "aws:", "amazon:", "iam:"))
            for group in ask.get("kubernetesGroups") or []
        ):
            raise InvalidParameter(
                "The kubernetes group name is invalid: it cannot start with system:, eks:, aws:, amazon: or iam:"
            )
        return self._admit(ask["clusterName"], principal, kind, ask)

    def _admit(self, cluster: str, principal: str, kind: str, ask: Json) -> Json:
        what, _, name = principal.split(":", 5)[5].partition("/")
        name = name.rpartition("/")[2]
        sts = principal.replace(":iam:", ":sts:").split(":role/")[0] + f":assumed-role/{name}/{{{{SessionName}}}}"
        body = {
            "clusterName": cluster,
            "principalArn": principal,
            "kubernetesGroups": list(ask.get("kubernetesGroups") or (["system:nodes"] if kind in _NODE_KINDS else [])),
            "accessEntryArn": self.arn("access-entry", cluster, what, self.account_id, name, uuid()),
            "createdAt": now(),
            "modifiedAt": now(),
            "tags": dict(ask.get("tags") or {}),
            "username": ask.get("username") or _USERS.get(kind) or (sts if what == "role" else principal),
            "type": kind,
            ":policies": {},
        }
        taken = "The specified access entry resource is already in use on this cluster."
        self.put("accessEntry", (cluster, principal), body, taken)
        return body

    def _admit_role(self, cluster: str, role: str, kind: str) -> None:
        """What EKS does itself when a node group or Fargate profile is made and entries are on."""
        mode = self.cluster(cluster)["accessConfig"]["authenticationMode"]
        if mode != "CONFIG_MAP" and (cluster, role) not in self.items.get("accessEntry", {}):
            self._admit(cluster, role, kind, {})

    def _admit_creator(self, name: str, ask: Json) -> None:
        access = ask.get("accessConfig") or {}
        mode = access.get("authenticationMode", "CONFIG_MAP")
        if mode == "CONFIG_MAP" or not access.get("bootstrapClusterCreatorAdminPermissions", True):
            return
        principal = f"arn:{self.partition}:iam::{self.account_id}:user/rehearsal"
        entry = self._admit(name, principal, "STANDARD", {})
        policy = f"arn:{self.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        entry[":policies"][policy] = _association(policy, {"type": "cluster"})

    def describe_access_entry(self, ask: Json) -> Json:
        """DescribeAccessEntry."""
        return self._entry(ask)

    def update_access_entry(self, ask: Json) -> Json:
        """UpdateAccessEntry."""
        entry = self._entry(ask)
        if entry["type"] != "STANDARD":
            raise InvalidRequest(f"An access entry of type {entry['type']} cannot be changed")
        entry |= {word: ask[word] for word in ("kubernetesGroups", "username") if ask.get(word) is not None}
        return entry

    def delete_access_entry(self, ask: Json) -> None:
        """DeleteAccessEntry."""
        self._entry(ask)
        del self.items["accessEntry"][(ask["clusterName"], ask["principalArn"])]

    def list_access_entries(self, ask: Json) -> list[str]:
        """ListAccessEntries."""
        self._needs_api_mode(ask["clusterName"])
        wanted = ask.get("associatedPolicyArn")
        entries = self.of_cluster("accessEntry", ask["clusterName"])
        return [key[1] for key, item in entries.items() if not wanted or wanted in item.body[":policies"]]

    def associate_access_policy(self, ask: Json) -> Json:
        """AssociateAccessPolicy."""
        entry, policy, scope = self._entry(ask), ask["policyArn"], ask["accessScope"]
        if policy not in self._policy_arns():
            raise InvalidParameter("The policyArn parameter format is not valid")
        if entry["type"] not in ("STANDARD", "EC2"):
            raise InvalidRequest("The access entry type does not support access policies")
        if (scope.get("type") == "namespace") != bool(scope.get("namespaces")):
            raise InvalidParameter("Namespaces must be given for an access scope of type namespace, and only there")
        entry[":policies"][policy] = _association(policy, scope)
        told = {word: ask[word] for word in ("clusterName", "principalArn")}
        return told | {"associatedAccessPolicy": entry[":policies"][policy]}

    def disassociate_access_policy(self, ask: Json) -> None:
        """DisassociateAccessPolicy."""
        if self._entry(ask)[":policies"].pop(ask["policyArn"], None) is None:
            raise NotFound(f"The specified policy {ask['policyArn']} is not associated with the access entry")

    def list_associated_access_policies(self, ask: Json) -> Json:
        """ListAssociatedAccessPolicies."""
        told = {word: ask[word] for word in ("clusterName", "principalArn")}
        return told | {"associatedAccessPolicies": list(self._entry(ask)[":policies"].values())}

    def list_access_policies(self, ask: Json) -> list[Json]:
        """ListAccessPolicies."""
        return [{"name": name, "arn": arn} for name, arn in zip(POLICIES, self._policy_arns(), strict=True)]

    def _policy_arns(self) -> list[str]:
        return [f"arn:{self.partition}:eks::aws:cluster-access-policy/{name}" for name in POLICIES]

    def _entry(self, ask: Json) -> Json:
        self._needs_api_mode(ask["clusterName"])
        found = self.items.get("accessEntry", {}).get((ask["clusterName"], ask["principalArn"]))
        if found is None:
            raise NotFound(
                "The specified principalArn could not be found. You can view your available access entries with "
                "'list-access-entries'."
            )
        return found.body

    def _needs_api_mode(self, cluster: str) -> None:
        if self.cluster(cluster)["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            raise InvalidRequest(
                "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this "
                "operation."
            )

    def _exists(self, principal: str) -> bool:
        """True for a principal that IAM holds. Principals of other accounts are taken as they are, as EKS must."""
        account, _, path = principal.partition(":iam::")[2].partition(":")
        if not path.startswith(("role/", "user/")):
            return False
        users = (user.arn for user in self.iam.users.values())
        return account != self.account_id or principal in users or self.role_or_none(principal) is not None


def _association(policy: str, scope: Json) -> Json:
    scope = {"type": scope["type"], "namespaces": list(scope.get("namespaces") or [])}
    return {"policyArn": policy, "accessScope": scope, "associatedAt": now(), "modifiedAt": now()}


__all__ = ["POLICIES", "AccessEntries", "InUse"]

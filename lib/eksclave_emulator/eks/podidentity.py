"""EKS Pod Identity associations: one role for each namespace and service account."""

from __future__ import annotations

from moto.moto_api._internal import mock_random

from .clusters import Clusters
from .exceptions import InUse, InvalidParameter, NotFound
from .store import Json, now


class PodIdentity(Clusters):
    """Create, describe, list, update and delete associations."""

    def create_pod_identity_association(self, ask: Json) -> Json:
        """CreatePodIdentityAssociation."""
        cluster = ask["clusterName"]
        self.cluster(cluster)
        for key, item in self.of_cluster("association", cluster).items():
            if (item.body["namespace"], item.body["serviceAccount"]) == (ask["namespace"], ask["serviceAccount"]):
                raise InUse(f"Association already exists: {key[1]}")
        self._check_role(ask["roleArn"])
        ident = "a-" + "".join(mock_random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(17))
        body = {
            word: ask.get(word) for word in ("clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn")
        }
        body |= {
            "associationId": ident,
            "associationArn": self.arn("podidentityassociation", cluster, ident),
            "disableSessionTags": ask.get("disableSessionTags", False),
            "createdAt": now(),
            "modifiedAt": now(),
            "tags": dict(ask.get("tags") or {}),
        }
        self.put("association", (cluster, ident), body, ident)
        return body

    def describe_pod_identity_association(self, ask: Json) -> Json:
        """DescribePodIdentityAssociation."""
        return self._association(ask)

    def update_pod_identity_association(self, ask: Json) -> Json:
        """UpdatePodIdentityAssociation."""
        body = self._association(ask)
        if ask.get("roleArn"):
            self._check_role(ask["roleArn"])
        body |= {w: ask[w] for w in ("roleArn", "targetRoleArn", "disableSessionTags") if ask.get(w) is not None}
        return body

    def delete_pod_identity_association(self, ask: Json) -> Json:
        """DeletePodIdentityAssociation."""
        body = self._association(ask)
        del self.items["association"][(ask["clusterName"], ask["associationId"])]
        return body

    def list_pod_identity_associations(self, ask: Json) -> list[Json]:
        """ListPodIdentityAssociations, with its two filters."""
        self.cluster(ask["clusterName"])
        bodies = [item.body for item in self.of_cluster("association", ask["clusterName"]).values()]
        return [b for b in bodies if all(ask.get(w) in (None, b[w]) for w in ("namespace", "serviceAccount"))]

    def _association(self, ask: Json) -> Json:
        self.cluster(ask["clusterName"])
        found = self.items.get("association", {}).get((ask["clusterName"], ask["associationId"]))
        if found is None:
            raise NotFound(f"The association ID '{ask['associationId']}' could not be found")
        return found.body

    def _check_role(self, arn: str) -> None:
        if self.role_or_none(arn) is None:
            raise InvalidParameter(f"Role provided in the request does not exist: {arn}")

"""One method for each EKS operation: the parsed request goes to the backend, its answer is serialized by the model."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import camelcase_to_underscores

from .models import EKSBackend

OPERATIONS = {
    "cluster": ["CreateCluster", "DescribeCluster", "DeleteCluster"],
    "update": ["UpdateClusterConfig", "UpdateClusterVersion", "AssociateEncryptionConfig", "UpdateNodegroupConfig",
               "UpdateNodegroupVersion", "UpdateAddon", "DescribeUpdate"],
    "nodegroup": ["CreateNodegroup", "DescribeNodegroup", "DeleteNodegroup"],
    "fargateProfile": ["CreateFargateProfile", "DescribeFargateProfile", "DeleteFargateProfile"],
    "addon": ["CreateAddon", "DescribeAddon", "DeleteAddon"],
    "accessEntry": ["CreateAccessEntry", "DescribeAccessEntry", "UpdateAccessEntry"],
    "association": ["CreatePodIdentityAssociation", "DescribePodIdentityAssociation",
                    "UpdatePodIdentityAssociation", "DeletePodIdentityAssociation"],
    "clusters": ["ListClusters"],
    "nodegroups": ["ListNodegroups"],
    "fargateProfileNames": ["ListFargateProfiles"],
    "addons": ["ListAddons", "DescribeAddonVersions"],
    "accessEntries": ["ListAccessEntries"],
    "accessPolicies": ["ListAccessPolicies"],
    "associations": ["ListPodIdentityAssociations"],
    "updateIds": ["ListUpdates"],
    "clusterVersions": ["DescribeClusterVersions"],
    "tags": ["ListTagsForResource"],
    "": ["AssociateAccessPolicy", "ListAssociatedAccessPolicies", "DescribeAddonConfiguration"],
    "-": ["DeleteAccessEntry", "DisassociateAccessPolicy", "TagResource", "UntagResource"],
}  # fmt: skip
"""Member of the answer → operations that answer with it; "" is the whole answer, "-" none at all."""


class EKSResponse(BaseResponse):
    """The EKS API. The methods are made from `OPERATIONS`; each calls the backend's method of the same name."""

    def __init__(self) -> None:
        super().__init__(service_name="eks")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> EKSBackend:
        """The backend of the account and region that the request was signed for."""
        from moto.eks.models import eks_backends

        return eks_backends[self.current_account][self.region]  # type: ignore[return-value]


def _operation(name: str, member: str) -> Any:
    def call(self: EKSResponse) -> ActionResult:
        answer = getattr(self.backend, name)(dict(self.params))
        if member == "-":
            return EmptyResult()
        return ActionResult({member: answer} if member else answer)

    call.__name__ = name
    return call


for _member, _names in OPERATIONS.items():
    for _name in map(camelcase_to_underscores, _names):
        setattr(EKSResponse, _name, _operation(_name, _member))

"""The EKS backend in moto's sense: one per account and region, made of the parts beside this file."""

from __future__ import annotations

from .access import AccessEntries
from .addons import Addons
from .fargate import FargateProfiles
from .nodegroups import Nodegroups
from .podidentity import PodIdentity
from .updates import Updates


class EKSBackend(AccessEntries, Updates, PodIdentity, Nodegroups, FargateProfiles, Addons):
    """Amazon EKS of one account and region."""

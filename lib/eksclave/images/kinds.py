"""Where an image can be pulled from in a closed network: its class, by registry host alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from eksclave.catalog.images import CanonicalImage, MirroredImage, cached, mirrored
from eksclave.catalog.partitions import partition_of
from eksclave.catalog.registries import addon_account, addon_accounts, bottlerocket_registry
from eksclave.images.credentials import ecr_place


class Kind(StrEnum):
    """What has to be done for an image before the cluster can pull it."""

    AWS = "in-region AWS registry"
    OWN = "in-region ECR"
    CACHE = "pull-through cache"
    COPY = "must copy"


@dataclass(frozen=True)
class Home:
    """The cluster's account and Region, its ECR prefix, and its pull-through rules (upstream host to prefix)."""

    account: str
    region: str
    prefix: str = "mirror"
    rules: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def host(self) -> str:
        """The account's ECR in the Region."""
        return partition_of(self.region).ecr_host(self.account, self.region)

    def kind(self, image: CanonicalImage) -> Kind:
        """Return the class of `image`. An AWS registry of another Region has no endpoint here: it must be copied.

        A home without a Region takes every AWS registry for its own.
        """
        place = ecr_place(image.registry)
        if place and place[1] == (self.region or place[1]):
            theirs = place[0] == addon_account(place[1]) or image.registry == bottlerocket_registry(place[1])
            return Kind.AWS if theirs else Kind.OWN
        return Kind.CACHE if image.registry in self.rules else Kind.COPY

    def pulled(self, image: CanonicalImage, digest: str = "") -> MirroredImage:
        """Return the reference that the closed network pulls; `digest` is the locked one, where there is a lock."""
        kind = self.kind(image)
        if kind is Kind.CACHE:
            return cached(image.at(digest or image.digest), self.host, self.rules[image.registry])
        if kind is Kind.COPY:
            return mirrored(image, self.host, self.prefix, digest)
        return MirroredImage(image.registry, image.repository, image.tag, image.digest)

    def is_own(self, image: CanonicalImage) -> bool:
        """Whether it lies in this account's ECR in this Region, whichever of its names is used."""
        return ecr_place(image.registry) == (self.account, self.region)

    def misplaced(self, image: CanonicalImage) -> str:
        """Return what is wrong with an AWS add-on registry that this cluster cannot pull from, or an empty string."""
        place = ecr_place(image.registry)
        if not place or place[0] not in addon_accounts():
            return ""
        if place[1] != self.region:
            near = f"a closed network in {self.region} reaches only its own Region's"
            return f"lies in the AWS registry of {place[1]}; {near}" if self.region else ""
        right = addon_account(place[1])
        return "" if place[0] == right else f"names account {place[0]}; in {place[1]} AWS's add-ons lie in {right}"

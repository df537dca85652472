"""Which zones the network uses, and the slot that each zone has in every tier."""

from __future__ import annotations

from eksclave.catalog.regions import Region
from eksclave.spec.model import ClusterSpec
from eksclave.spec.network import Tier

# Names of excluded zone ids in the account that the catalogue's zones were recorded in; the id of a name differs per
# account. usw1-az2 and cac1-az3 have no name there.
USUALLY_EXCLUDED = {"us-east-1e": "use1-az3"}


def usable_zones(region: Region) -> tuple[str, ...]:
    """Return the Region's zones without those where EKS usually has no control plane."""
    return tuple(zone for zone in region.zones if zone not in USUALLY_EXCLUDED)


def choose_zones(spec: ClusterSpec, region: Region) -> tuple[str, ...]:
    """Return the zones by name or id, sorted: those of existing subnets, those named, or the first usable ones."""
    network = spec.network
    if network.existing:
        return tuple(sorted(network.existing.subnets.nodes))
    if isinstance(network.zones, int):
        return usable_zones(region)[: network.zones]
    return tuple(sorted(network.zones))


def api_tier(spec: ClusterSpec) -> Tier:
    """Return the tier of the cluster's own subnets: EKS Auto Mode's nodes start in them, so there it is the nodes'.

    EKS user guide, create-node-class: the default node class takes the cluster's subnets.
    """
    return "nodes" if spec.auto_mode else "control_plane"


def slot_of(zone: str) -> int:
    """Return the zone's place in a tier, from its letter (`a` is 0) or the number of its id (`az1` is 0).

    The place depends on nothing else, so adding or removing a zone never moves another zone's subnets.
    """
    _, _, number = zone.rpartition("-az")
    if number.isdigit():
        return int(number) - 1
    return ord(zone[-1]) - ord("a")

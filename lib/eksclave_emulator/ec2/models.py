"""The EC2 backend: moto's, with endpoints' interfaces and the dependencies that keep things from deletion."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend as MotoEC2Backend

from .dependencies import Dependencies
from .endpoints import Endpoints
from .gateways import TransitGateways
from .instances import Instances
from .interfaces import NetworkInterface as NetworkInterface
from .rules import SecurityGroupRule as SecurityGroupRule


class EC2Backend(Endpoints, Instances, TransitGateways, Dependencies, MotoEC2Backend):
    """Amazon EC2 of one account and region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        MotoEC2Backend.__init__(self, region_name, account_id)
        self.born = frozenset(network_ids(self))


def network_ids(backend: Any) -> set[str]:
    """Return the ids of a backend's network parts; a fresh one brings a default VPC and AWS's prefix lists."""
    held = (backend.vpcs, backend.route_tables, backend.network_acls, backend.managed_prefix_lists)
    return {
        *(ident for kind in held for ident in kind),
        *(ident for zone in backend.subnets.values() for ident in zone),
        *(ident for groups in backend.groups.values() for ident in groups),
        *backend.internet_gateways,
        *backend.dhcp_options_sets,
    }

"""Network interfaces that have no association where they have no public address; moto answers with an empty one."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import elastic_network_interfaces
from moto.ec2.models.elastic_network_interfaces import NetworkInterface as MotoNetworkInterface


class NetworkInterface(MotoNetworkInterface):
    """moto's, with an association or none."""

    @property
    def association(self) -> dict[str, Any] | None:  # type: ignore[override]
        """The public address, or None."""
        return MotoNetworkInterface.association.fget(self) or None  # type: ignore[attr-defined]


elastic_network_interfaces.NetworkInterface = NetworkInterface  # type: ignore[misc]

"""Constructs for any CDKTF app: `(scope, id, …)`, parts and refs in, refs out.

    from eksclave.constructs import EndpointSet, PrivateCluster

Parts are the frozen dataclasses of `eksclave.design.model`; refs are plain strings, literal or tokens. Names are
imported when they are used. How resources get their addresses stands in `part.py`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eksclave.constructs.addon import Addon as Addon
    from eksclave.constructs.bastion import Bastion as Bastion
    from eksclave.constructs.bundle import ManifestBundle as ManifestBundle
    from eksclave.constructs.cluster import PrivateCluster as PrivateCluster
    from eksclave.constructs.controller import Controller as Controller
    from eksclave.constructs.endpoints import EndpointSet as EndpointSet
    from eksclave.constructs.existing_network import ExistingNetwork as ExistingNetwork
    from eksclave.constructs.fargate import FargateProfile as FargateProfile
    from eksclave.constructs.ingress import SharedIngress as SharedIngress
    from eksclave.constructs.network import Network as Network
    from eksclave.constructs.node_group import NodeGroup as NodeGroup
    from eksclave.constructs.peering import Peering as Peering
    from eksclave.constructs.peering import TransitGateway as TransitGateway
    from eksclave.constructs.registry import MirrorRegistry as MirrorRegistry
    from eksclave.constructs.role import OidcProvider as OidcProvider
    from eksclave.constructs.role import ServiceRole as ServiceRole
    from eksclave.constructs.rules import RuleSet as RuleSet
    from eksclave.constructs.state import StateBackend as StateBackend

_HOMES = {
    "Addon": "addon",
    "Bastion": "bastion",
    "Controller": "controller",
    "EndpointSet": "endpoints",
    "ExistingNetwork": "existing_network",
    "FargateProfile": "fargate",
    "ManifestBundle": "bundle",
    "MirrorRegistry": "registry",
    "Network": "network",
    "NodeGroup": "node_group",
    "OidcProvider": "role",
    "Peering": "peering",
    "PrivateCluster": "cluster",
    "RuleSet": "rules",
    "ServiceRole": "role",
    "SharedIngress": "ingress",
    "StateBackend": "state",
    "TransitGateway": "peering",
}

__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__

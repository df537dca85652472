"""What is known of one add-on: images, endpoints, ports, permissions, flags for a closed network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eksclave.catalog.features import Feature
from eksclave.net import PortRange, Protocol

Kind = Literal["eks-addon", "community-addon", "controller"]


@dataclass(frozen=True)
class Need:
    """An endpoint service that something calls, why, and the ids of the required flows that say so."""

    service: str
    reason: str
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class AddonPort:
    """A port that an add-on listens on, who must reach it, and why."""

    ports: PortRange
    source: Literal["control-plane", "nodes", "pods"]
    reason: str
    flow: str = ""
    protocol: Protocol = Protocol.TCP


@dataclass(frozen=True)
class Permission:
    """One Allow statement; `{partition}`, `{region}`, `{account}`, `{cluster}` and `{vpc}` are filled in by the
    design."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class AddonFacts:
    """One add-on of EKS, or one controller that we run ourselves.

    `images` are canonical references: `{addons}` is AWS's add-on registry of the Region (no copy needed), `{minor}` the
    Kubernetes version. EKS chooses the tag where none is written. `exact_images` is False where the repository names
    are not published and were inferred. `configuration` holds the configuration values of an EKS add-on that a
    closed network needs, `arguments` the flags of a controller.
    """

    name: str
    kind: Kind
    summary: str
    source: str
    images: tuple[str, ...]
    exact_images: bool = True
    features: tuple[Feature, ...] = ()
    """What this add-on makes the cluster use: required flows follow from it."""
    endpoints: tuple[Need, ...] = ()
    ports: tuple[AddonPort, ...] = ()
    namespace: str = "kube-system"
    service_account: str | None = None
    managed_policies: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    configuration: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    needs_addons: tuple[str, ...] = ()
    before_nodes: bool = False
    in_auto_mode: bool = True
    """False: EKS Auto Mode brings its own and this one must not be installed beside it."""
    image_accounts: tuple[str, ...] = ()
    """Repository patterns in further AWS accounts that the ECR endpoint's policy must let through."""
    pods_read_imds: bool = False
    """Its pods ask the metadata service, from one network hop behind the node (L2)."""
    caveat: str = ""

    @property
    def needs_role(self) -> bool:
        """Whether it calls AWS and so runs with a role of its own."""
        return bool(self.managed_policies or self.permissions)

"""`ClusterSpec`: the whole spec of one cluster."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from eksclave.spec.access import Access, AccessEntry
from eksclave.spec.base import AccountId, AddonName, Arn, ClusterName, KubernetesVersion, Part, Region, RetentionDays
from eksclave.spec.compute import AutoMode, FargateProfile, NodeGroup
from eksclave.spec.network import Network
from eksclave.spec.services import Addon, Endpoints, Registry, Workloads

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]


class Encryption(Part):
    """Envelope encryption of Kubernetes secrets, and of logs."""

    kms_key_arn: Arn | None = Field(None, description="a key is made when left out")
    deletion_window_days: int = Field(30, ge=7, le=30)


class Logging(Part):
    """Control-plane logs."""

    types: tuple[LogType, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    retention_days: RetentionDays = 90


class S3State(Part):
    """An existing bucket for state, with Terraform's native lock file."""

    bucket: str = Field(min_length=3)
    key_prefix: str = Field("eksclave", description="state lies at KEY_PREFIX/CLUSTER/STACK.tfstate")
    region: str | None = None
    kms_key_id: str | None = None


class State(Part):
    """Where Terraform keeps state: files beside the app (`local`), or `s3`."""

    backend: Literal["local", "s3"] = "local"
    directory: str = Field("state", description="with local: folder for the state files, relative to the app")
    s3: S3State | None = None

    @model_validator(mode="after")
    def _s3_with_s3(self) -> State:
        if (self.backend == "s3") != (self.s3 is not None):
            raise ValueError("backend s3 needs s3.bucket" if self.backend == "s3" else "s3 goes with backend: s3")
        return self


class Providers(Part):
    """Version constraints of the Terraform providers."""

    aws: str = ">= 5.100.0, < 7.0.0"
    kubernetes: str = ">= 2.35.0, < 4.0.0"


class ClusterSpec(Part):
    """One fully private EKS cluster."""

    name: ClusterName = Field(description="the cluster's name; stacks are called NAME-network and so on")
    region: Region = Field(description="such as eu-central-1, us-gov-west-1, cn-north-1")
    account: AccountId = Field(description="the only account that the provider accepts")
    kubernetes_version: KubernetesVersion = Field("1.35", description="in quotes")
    public_endpoint: Literal[False] = Field(False, description="the API is never public; there is no other value")
    network: Network = Field(default_factory=lambda: Network())
    endpoints: Endpoints = Field(default_factory=lambda: Endpoints())
    registry: Registry = Field(default_factory=lambda: Registry())
    node_groups: tuple[NodeGroup, ...] | None = Field(
        None, description="one default group when left out, none with auto_mode"
    )
    auto_mode: AutoMode | None = None
    fargate_profiles: tuple[FargateProfile, ...] = ()
    addons: dict[AddonName, Addon] = Field(default_factory=dict, description="beyond the ones that every cluster gets")
    identity: Literal["pod-identity", "irsa"] = "pod-identity"
    access: Access = Field(default_factory=lambda: Access())
    access_entries: tuple[AccessEntry, ...] = ()
    encryption: Encryption = Field(default_factory=lambda: Encryption())
    logging: Logging = Field(default_factory=lambda: Logging())
    workloads: Workloads = Field(default_factory=lambda: Workloads())
    tags: dict[str, str] = Field(default_factory=dict)
    state: State = Field(default_factory=lambda: State())
    providers: Providers = Field(default_factory=lambda: Providers())

    @property
    def groups(self) -> tuple[NodeGroup, ...]:
        """The node groups: those asked for, else one default group where nothing else runs pods."""
        if self.node_groups is not None:
            return self.node_groups
        return () if self.auto_mode or self.fargate_profiles else (NodeGroup(),)

    @field_validator("tags")
    @classmethod
    def _own_tags(cls, value: dict[str, str]) -> dict[str, str]:
        reserved = sorted(key for key in value if key.lower().startswith("aws:"))
        if reserved:
            raise ValueError(f"'{reserved[0]}' begins with aws:, which AWS keeps for itself")
        return value

    @model_validator(mode="after")
    def _something_runs_pods(self) -> ClusterSpec:
        if self.auto_mode and self.node_groups:
            raise ValueError("auto_mode and node_groups exclude each other; remove one")
        if not (self.groups or self.auto_mode or self.fargate_profiles):
            raise ValueError("nothing runs pods; give node_groups, auto_mode or fargate_profiles")
        return self

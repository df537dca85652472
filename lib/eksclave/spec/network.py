"""`network`: a VPC made here, or an existing one by ids."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from eksclave.spec.base import Cidr, Part, RetentionDays, RouteTableId, SubnetId, VpcId, ZoneName

Tier = Literal["nodes", "control_plane", "endpoints", "load_balancers"]
TIERS: tuple[Tier, ...] = ("nodes", "control_plane", "endpoints", "load_balancers")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


SubnetIds = Annotated[tuple[SubnetId, ...], BeforeValidator(_as_list), Field(min_length=1)]


def _zones_kind(value: object) -> str:
    return "count" if isinstance(value, int) else "names"


Zones = Annotated[
    Annotated[Annotated[int, Field(ge=2, le=6)], Tag("count")]
    | Annotated[Annotated[tuple[ZoneName, ...], Field(min_length=2)], Tag("names")],
    Discriminator(_zones_kind),
]


class TierSizes(Part):
    """Prefix length of one subnet of each tier; a tier left out is carved to a size that leaves room to grow."""

    nodes: int | None = Field(
        None, ge=16, le=28, description="prefix length of a node subnet; pods take addresses here"
    )
    control_plane: int | None = Field(None, ge=16, le=28, description="prefix length of a control-plane subnet")
    endpoints: int | None = Field(None, ge=16, le=28, description="prefix length of an endpoint subnet")
    load_balancers: int | None = Field(None, ge=16, le=28, description="prefix length of a load balancer subnet")


class FlowLogs(Part):
    """VPC flow logs to CloudWatch Logs."""

    enabled: bool = True
    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "REJECT"
    retention_days: RetentionDays = 30


class ExistingSubnets(Part):
    """Existing subnets by tier and zone (`eu-central-1a: subnet-…`). Tiers left out share the node subnets."""

    nodes: dict[ZoneName, SubnetIds] = Field(default_factory=dict)
    control_plane: dict[ZoneName, SubnetIds] = Field(default_factory=dict)
    endpoints: dict[ZoneName, SubnetIds] = Field(default_factory=dict)
    load_balancers: dict[ZoneName, SubnetIds] = Field(default_factory=dict)

    def of(self, tier: Tier) -> dict[ZoneName, tuple[SubnetId, ...]]:
        """Return the subnets of a tier, the node subnets where the tier has none of its own."""
        return getattr(self, tier) or self.nodes


class ExistingNetwork(Part):
    """A VPC that is there already. It is read and checked, never changed, but for the endpoints put into it."""

    vpc_id: VpcId
    cidrs: tuple[Cidr, ...] = Field((), description="the VPC's ranges; read from AWS at plan time when left out")
    subnets: ExistingSubnets = Field(default_factory=lambda: ExistingSubnets())
    route_table_ids: tuple[RouteTableId, ...] = Field(
        (), description="tables that get the S3 gateway endpoint; found by the subnets at plan time when left out"
    )

    @model_validator(mode="after")
    def _has_subnets(self) -> ExistingNetwork:
        if not self.subnets.nodes:
            raise ValueError("subnets.nodes is empty; name at least two existing private subnets in two zones")
        return self


class Network(Part):
    """The network: created from `cidr`, or `existing`."""

    cidr: Cidr = Field("10.0.0.0/16", description="range of the VPC made here, /16 to /24")
    zones: Zones = Field(3, description="how many zones, or which; at least two")
    subnet_prefixes: TierSizes = Field(default_factory=TierSizes)
    strict_nacls: bool = Field(True, description="network ACLs that allow the required flows and nothing else")
    flow_logs: FlowLogs = Field(default_factory=FlowLogs)
    existing: ExistingNetwork | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Network:
        if self.existing is not None:
            made_here = sorted(
                self.model_fields_set & {"cidr", "zones", "subnet_prefixes", "strict_nacls", "flow_logs"}
            )
            if made_here:
                raise ValueError(
                    f"{', '.join(made_here)} cannot stand beside existing: an existing VPC is never changed"
                )
        return self

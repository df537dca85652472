"""`access`, `access_entries`: who reaches the private API, and by which way."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from eksclave.spec.base import AccountId, Cidr, Part, PartName, PrincipalArn, RouteTableId, TransitGatewayId, VpcId


class Bastion(Part):
    """An instance without any inbound rule that SSM sessions go through."""

    enabled: bool = True
    instance_type: str = "t4g.micro"
    session_policy_principals: tuple[PrincipalArn, ...] = Field(
        (), description="who may start sessions; IAM decides when empty"
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"enabled": value} if isinstance(value, bool) else value


class PeeredVpc(Part):
    """A VPC of the operators, peered with the cluster's."""

    name: PartName
    vpc_id: VpcId
    cidr: Cidr
    account: AccountId | None = Field(None, description="the cluster's account when left out")
    region: str | None = Field(None, description="the cluster's region when left out")
    route_table_ids: tuple[RouteTableId, ...] = Field(
        (), description="tables over there that get the way back; same account only"
    )


class TransitGateway(Part):
    """A transit gateway that the operators' networks hang on."""

    id: TransitGatewayId
    cidrs: tuple[Cidr, ...] = Field(min_length=1, description="networks behind it that may reach the API")


class Access(Part):
    """The ways to the private API."""

    bastion: Bastion = Field(default_factory=lambda: Bastion())
    peered_vpcs: tuple[PeeredVpc, ...] = ()
    transit_gateway: TransitGateway | None = None
    operator_cidrs: tuple[Cidr, ...] = Field(
        (), description="networks that reach the VPC already (VPN, Direct Connect)"
    )


class AccessEntry(Part):
    """An IAM principal that may use the Kubernetes API."""

    principal_arn: PrincipalArn
    policy: Literal[
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSViewPolicy",
        "AmazonEKSAdminViewPolicy",
    ] = "AmazonEKSViewPolicy"
    namespaces: tuple[str, ...] = Field((), description="the whole cluster when empty")

"""The parts of a `Design`: frozen, literal values, ordered, no tokens. What only AWS can know is None and says so."""

from eksclave.design.model.access import AccessPlan, BastionPlan, PeeringPlan, TransitGatewayPlan
from eksclave.design.model.cluster import (
    AccessEntryPlan,
    AddonPlan,
    ClusterPlan,
    FargatePlan,
    LogPlan,
    NodeGroupPlan,
)
from eksclave.design.model.endpoints import EndpointPlan, EndpointsPlan
from eksclave.design.model.iam import PolicyStatement, RolePlan
from eksclave.design.model.network import (
    FlowLogsPlan,
    NaclEntry,
    NaclPlan,
    NetworkPlan,
    RouteTablePlan,
    SubnetPlan,
)
from eksclave.design.model.registry import CacheRulePlan, ImagePlan, RegistryPlan, RepositoryPlan
from eksclave.design.model.rules import Rule
from eksclave.design.model.whole import Design, ProvidersPlan, StatePlan
from eksclave.design.model.workloads import ControllerPlan, IngressPlan, ServiceAccountPlan, WorkloadsPlan

__all__ = [
    "AccessEntryPlan",
    "AccessPlan",
    "AddonPlan",
    "BastionPlan",
    "CacheRulePlan",
    "ClusterPlan",
    "ControllerPlan",
    "Design",
    "EndpointPlan",
    "EndpointsPlan",
    "FargatePlan",
    "FlowLogsPlan",
    "ImagePlan",
    "IngressPlan",
    "LogPlan",
    "NaclEntry",
    "NaclPlan",
    "NetworkPlan",
    "NodeGroupPlan",
    "PeeringPlan",
    "PolicyStatement",
    "ProvidersPlan",
    "RegistryPlan",
    "RepositoryPlan",
    "RolePlan",
    "RouteTablePlan",
    "Rule",
    "ServiceAccountPlan",
    "StatePlan",
    "SubnetPlan",
    "TransitGatewayPlan",
    "WorkloadsPlan",
]

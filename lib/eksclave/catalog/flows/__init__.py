"""Every flow and condition that a private EKS cluster rests on: facts, no decisions.

The builder derives endpoints and rules from these rows; the verifier asks them. The ids are stable, so that a verdict
can be looked up. Sources by short name: EKS-UG is the Amazon EKS user guide; eks-ami is awslabs/amazon-eks-ami; LBC is
aws-load-balancer-controller; tf-aws-eks is terraform-aws-modules/terraform-aws-eks.
"""

from __future__ import annotations

from collections.abc import Set

from eksclave.catalog.features import Feature
from eksclave.catalog.flows.access import ACCESS
from eksclave.catalog.flows.agents import AGENTS
from eksclave.catalog.flows.conditions import CONDITIONS
from eksclave.catalog.flows.control_plane import CONTROL_PLANE
from eksclave.catalog.flows.edge import EDGE
from eksclave.catalog.flows.link_local import LINK_LOCAL
from eksclave.catalog.flows.names import NAMES
from eksclave.catalog.flows.row import HTTPS, Impact, PortUse, RequiredFlow, Role, When
from eksclave.catalog.flows.services import SERVICES
from eksclave.errors import EksclaveError, did_you_mean

FLOWS: tuple[RequiredFlow, ...] = (
    *NAMES,
    *LINK_LOCAL,
    *SERVICES,
    *AGENTS,
    *CONTROL_PLANE,
    *ACCESS,
    *EDGE,
    *CONDITIONS,
)

_BY_ID = {flow.id: flow for flow in FLOWS}


def find_flow(id: str) -> RequiredFlow:
    """Return the row with this id; raise where there is none."""
    if id not in _BY_ID:
        raise EksclaveError(f"no required flow has the id '{id}'", did_you_mean(id, _BY_ID))
    return _BY_ID[id]


def flow_or_none(id: str) -> RequiredFlow | None:
    """Return the row with this id, or None."""
    return _BY_ID.get(id)


def required_flows(features: Set[Feature]) -> tuple[RequiredFlow, ...]:
    """Return the rows that apply to a cluster with these features, in the order of the catalogue."""
    return tuple(flow for flow in FLOWS if flow.when(features))


def services_needed(features: Set[Feature]) -> dict[str, tuple[str, ...]]:
    """Return the endpoint services that these features need, each with the ids of the flows that need it."""
    found: dict[str, list[str]] = {}
    for flow in required_flows(features):
        for service in flow.services_for(features):
            found.setdefault(service, []).append(flow.id)
    return {service: tuple(found[service]) for service in sorted(found)}


__all__ = [
    "FLOWS",
    "HTTPS",
    "Impact",
    "PortUse",
    "RequiredFlow",
    "Role",
    "When",
    "find_flow",
    "flow_or_none",
    "required_flows",
    "services_needed",
]

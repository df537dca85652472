"""`endpoints`: the VPC endpoints that the features need."""

from __future__ import annotations

from eksclave.constructs import EndpointSet
from eksclave.contracts import NetworkOutputs

from stacks.base import Stack
from stacks.expected import stand_in


class EndpointsStack(Stack):
    """Interface and gateway endpoints, and the group before them."""

    stack = "endpoints"

    def render(self) -> None:
        """Make the endpoints in the network that the network stack published."""
        network = self.upstream(NetworkOutputs)
        endpoints = EndpointSet(
            self,
            "endpoints",
            name=self.design.name,
            region=self.design.region,
            vpc_id=network.vpc_id,
            vpc_cidrs=self.vpc_cidrs,
            subnet_ids=network.subnet_ids,
            route_table_ids=network.route_table_ids,
            plan=self.design.endpoints,
            # looking it up would need credentials
            s3_prefix_list_id=stand_in("pl", self.design.name, "s3") if self.setting.is_day0 else None,
        )
        self.publish(endpoints.outputs)

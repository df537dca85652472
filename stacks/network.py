"""`network`: the VPC made here, or an existing one, read and checked."""

from __future__ import annotations

from eksclave.constructs import ExistingNetwork, Network

from stacks.base import Stack
from stacks.expected import expected, routed_subnets


class NetworkStack(Stack):
    """VPC, subnets, route tables, network ACLs."""

    stack = "network"

    def render(self) -> None:
        """Make or read the network."""
        plan, name = self.design.network, self.design.name
        if plan.vpc_id is None:
            self.publish(Network(self, "network", name=name, plan=plan).outputs)
        elif self.setting.is_day0:
            self.publish(expected(self.design, "network"))  # reading it would need credentials
        else:
            routed = routed_subnets(self.design)
            self.publish(ExistingNetwork(self, "network", plan=plan, routed_subnets=routed).outputs)

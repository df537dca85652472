"""A network ACL that allows the required flows and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from eksclave.constructs.part import Part
from eksclave.design.model import NaclEntry, NaclPlan
from eksclave.net import Protocol
from eksclave.toolkit import Construct, aws


class StrictNacl(Part):
    """The network ACL of one tier; entries are resources of their own, named by direction and number."""

    usual_id: ClassVar[str] = "nacl"

    def __init__(
        self, scope: Construct, id: str, *, vpc_id: str, label: str, subnet_ids: Mapping[str, str], plan: NaclPlan
    ) -> None:
        super().__init__(scope, f"{id}-{plan.key}")
        self._prefix = getattr(scope, "_prefix", "")
        nacl = aws.network_acl.NetworkAcl(self, "Default", vpc_id=vpc_id, tags={"Name": f"{label}-{plan.key}"})
        self.id = self.named(nacl, plan.key).id
        for subnet in plan.subnets:
            association = aws.network_acl_association.NetworkAclAssociation(
                self, subnet, network_acl_id=self.id, subnet_id=subnet_ids[subnet]
            )
            self.named(association, subnet)
        for entry in plan.entries:
            self._entry(plan.key, entry)

    def _entry(self, tier: str, entry: NaclEntry) -> None:
        name = f"{tier}-{entry.direction}-{entry.number}"
        icmp = entry.protocol is Protocol.ICMP
        ports = entry.ports
        made = aws.network_acl_rule.NetworkAclRule(
            self,
            f"{entry.direction}-{entry.number}",
            network_acl_id=self.id,
            egress=entry.direction == "egress",
            rule_number=entry.number,
            rule_action=entry.action,
            protocol=entry.protocol.value if entry.protocol else "-1",
            cidr_block=str(entry.cidr),
            from_port=None if icmp or ports is None else ports.first,
            to_port=None if icmp or ports is None else ports.last,
            icmp_type=-1 if icmp else None,
            icmp_code=-1 if icmp else None,
        )
        self.named(made, name)

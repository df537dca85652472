"""Rules of a security group, one resource each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from eksclave.constructs.part import Part
from eksclave.design.model import Rule
from eksclave.errors import EksclaveError
from eksclave.net import Protocol
from eksclave.toolkit import Construct, aws


class RuleSet(Part):
    """The rules of one security group.

    `peers` gives the id that each named peer stands for: `sg-…` for a group, `pl-…` for a prefix list. `vpc_cidrs` is
    what the peer `vpc` stands for: CIDRs, or a Terraform expression of a set of them where only AWS knows.
    """

    usual_id: ClassVar[str] = "rules"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        security_group_id: str,
        rules: Sequence[Rule],
        peers: Mapping[str, str],
        vpc_cidrs: Sequence[str] | str = (),
    ) -> None:
        super().__init__(scope, id)
        self._group, self._peers, self._vpc_cidrs = security_group_id, dict(peers), vpc_cidrs
        for rule in rules:
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        name = f"{rule.direction}-{rule.key}"
        if rule.peer == "vpc":
            if isinstance(self._vpc_cidrs, str):
                made = self._one(rule, name, cidr="${each.value}")
                made.add_override("for_each", self._vpc_cidrs)
                return
            for number, cidr in enumerate(self._vpc_cidrs):
                self._one(rule, name if number == 0 else f"{name}-{cidr}", cidr=cidr)
        elif rule.peer == "self":
            self._one(rule, name, group=self._group)
        elif rule.peer[:1].isdigit():
            self._one(rule, name, cidr=rule.peer)
        elif rule.peer == "s3":
            self._one(rule, name, prefix_list=self._peer(rule))
        else:
            self._one(rule, name, group=self._peer(rule))

    def _peer(self, rule: Rule) -> str:
        if rule.peer not in self._peers:
            raise EksclaveError(
                f"rule '{rule.key}' names the peer '{rule.peer}', which is not known here",
                f"known here: {', '.join(sorted(self._peers)) or 'none'}",
            )
        return self._peers[rule.peer]

    def _one(
        self, rule: Rule, name: str, cidr: str | None = None, group: str | None = None, prefix_list: str | None = None
    ) -> aws.vpc_security_group_ingress_rule.VpcSecurityGroupIngressRule | (
        aws.vpc_security_group_egress_rule.VpcSecurityGroupEgressRule
    ):
        kind = (
            aws.vpc_security_group_ingress_rule.VpcSecurityGroupIngressRule
            if rule.direction == "ingress"
            else aws.vpc_security_group_egress_rule.VpcSecurityGroupEgressRule
        )
        icmp = rule.protocol is Protocol.ICMP
        made = kind(
            self,
            name,
            security_group_id=self._group,
            description=rule_description(rule.reason),
            ip_protocol=rule.protocol.value,
            from_port=-1 if icmp else rule.ports.first,
            to_port=-1 if icmp else rule.ports.last,
            cidr_ipv4=cidr,
            referenced_security_group_id=group,
            prefix_list_id=prefix_list,
        )
        return self.named(made, rule.key if name == f"{rule.direction}-{rule.key}" else name.split("-", 1)[1])


def rule_description(reason: str) -> str:
    """Return a reason in the characters that EC2 takes in descriptions, at most 255 (AuthorizeSecurityGroupIngress)."""
    allowed = "._-:/()#,@[]+=&;{}!$* "
    return "".join(char if char.isascii() and (char.isalnum() or char in allowed) else " " for char in reason)[:255]

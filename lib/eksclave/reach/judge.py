"""The filters and tables of one snapshot, asked through a memory: equal questions are decided once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from eksclave.reach import groups, nacl, routes
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Vpc
from eksclave.reach.groups import Side
from eksclave.reach.legs import Leg
from eksclave.reach.routes import Portion
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals
from eksclave.reach.snapshot import Snapshot
from eksclave.reach.steps import open_if

T = TypeVar("T")


class Judge:
    """Rules on legs of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._memory: dict[object, object] = {}

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what was made for this key before, or make it."""
        if key not in self._memory:
            self._memory[key] = make()
        return cast("T", self._memory[key])

    def vpc(self, leg: Leg) -> Vpc:
        """Return the leg's VPC (legs are only made in VPCs that are known)."""
        return self.snapshot.vpc_by_key[leg.vpc]

    def nacl(self, leg: Leg, egress: bool, protocol: str, remote: Where, ports: Intervals) -> Ruling:
        """Return how the ACL of the leg's subnets rules."""
        found = self.snapshot.nacl_by_key.get(leg.nacl)
        if found is None:
            why = leg.why_nacl or f"the network ACL {leg.nacl} is not in the input"
            return Ruling(Outcome.UNKNOWN, leg.origin, f"{why}", Box(remote.addresses, ports))
        key = ("nacl", leg.nacl, egress, protocol, remote, ports)
        return open_if(leg.why_nacl, self.once(key, lambda: nacl.decide(found, egress, protocol, remote, ports)))

    def groups(self, leg: Leg, egress: bool, protocol: str, side: Side, ports: Intervals) -> Ruling:
        """Return how the leg's security groups rule."""
        key = ("groups", leg.groups, egress, protocol, side, ports, leg.origin)
        return self.once(
            key, lambda: groups.decide(self.snapshot, leg.groups, egress, protocol, side, ports, leg.origin)
        )

    def portions(self, leg: Leg, to: Where, service: tuple[str, str] | None = None) -> list[Portion]:
        """Return where the leg's route table sends these addresses."""
        table = self.snapshot.route_table_by_key.get(leg.table)
        if table is None:
            why = leg.why_table or f"the route table {leg.table} is not in the input"
            return [Portion(None, to, leg.origin, "", why)]
        key = ("routes", leg.table, leg.vpc, to, service)
        return self.once(key, lambda: routes.lookup(self.snapshot, table, self.vpc(leg), to, service))

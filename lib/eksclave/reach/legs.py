"""Where a party's interfaces may be, with equal placements folded into one leg.

Subnets of one VPC with the same route table and ACL (and zone, where a transit gateway cares) treat packets alike, so
one leg
stands for all of them with the union of their addresses. That keeps 200 subnets as cheap as a few, and loses nothing:
every
filter looks at one end's addresses only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from eksclave.reach import sets
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.network import Subnet
from eksclave.reach.facts.values import Origin, Value, choices, is_known, known_or, why_unknown
from eksclave.reach.ruling import Where
from eksclave.reach.sets import Intervals
from eksclave.reach.snapshot import Snapshot


@dataclass(frozen=True)
class Leg:
    """Interfaces that the network treats alike. `table` and `nacl` are keys, or empty with the reason in `why_*`.

    A leg without a VPC (`vpc` empty) is a set of addresses outside; one with `unknown` cannot be judged at all.
    """

    vpc: str
    subnets: tuple[Subnet, ...]
    where: Where
    groups: tuple[str, ...] | None
    origin: Origin
    table: str = ""
    nacl: str = ""
    why_table: str = ""
    why_nacl: str = ""
    public_ip: Value[bool] = False
    unknown: str = ""

    @property
    def place(self) -> str:
        """The subnets by address, shortened, or the networks."""
        names = [str(one.origin) for one in self.subnets] or [str(self.origin)]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def worlds(placement: Placement) -> list[Placement]:
    """Return the placement once for each combination of candidates, so that each has plain (or unknown) values."""
    subnets = choices(placement.subnets)
    groups = choices(placement.groups)
    return [
        replace(
            placement,
            subnets=placement.subnets if one is None else one,
            groups=placement.groups if two is None else two,
        )
        for one, two in itertools.product(subnets or (None,), groups or (None,))
    ]


def legs(snapshot: Snapshot, placement: Placement) -> list[Leg]:
    """Return the legs of one world's placement."""
    groups = known_or(placement.groups, None)
    keys = known_or(placement.subnets, None)
    if keys is None:
        why = f"the subnets are not known: {why_unknown(placement.subnets)}"
        return [Leg("", (), Where(Intervals()), groups, placement.origin, unknown=why)]
    found: dict[tuple[str, ...], list[Subnet]] = {}
    lost: list[Leg] = []
    for name in sorted(set(keys)):
        subnet = snapshot.subnet_by_key.get(name)
        if subnet is None or subnet.vpc not in snapshot.vpc_by_key:
            why = f"nothing is known about {name if subnet is None else subnet.vpc}"
            lost.append(Leg("", (), Where(Intervals()), groups, placement.origin, unknown=why))
        else:
            for table, nacl in _tables(snapshot, subnet):
                key = (subnet.vpc, *table, *nacl, _zone(snapshot, subnet), str(is_known(subnet.cidr)))
                found.setdefault(key, []).append(subnet)
    made = [_leg(snapshot, placement, groups, key, many) for key, many in sorted(found.items())]
    return lost + [one for one in made if one.where.addresses]


def _zone(snapshot: Snapshot, subnet: Subnet) -> str:
    """Return what a transit gateway looks at: the zone, and whether one of its interfaces is in this very subnet."""
    joined = [one for one in snapshot.transit_attachments if subnet.vpc in (choices(one.vpc) or (subnet.vpc,))]
    if not joined:
        return ""
    gate = any(subnet.key in known_or(one.subnets, ()) for one in joined)
    return f"{known_or(subnet.zone, '?')} {subnet.key if gate else ''}"


def _tables(snapshot: Snapshot, subnet: Subnet) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield ((table key, why open), (ACL key, why open)) for the subnet."""
    vpc = snapshot.vpc_by_key[subnet.vpc]
    table: Value[str | None] = vpc.main_route_table if subnet.route_table is None else subnet.route_table
    tables: tuple[str | None, ...] = choices(table) or ("",)  # pyright: ignore[reportAssignmentType]
    for one in tables:
        for two in choices(subnet.nacl) or ("",):
            main = vpc.main_route_table
            key = one if one is not None else known_or(main, "")
            why = why_unknown(table) or ("" if one is not None else why_unknown(main))
            yield (key, why), (two, why_unknown(subnet.nacl))


def _leg(
    snapshot: Snapshot, placement: Placement, groups: tuple[str, ...] | None, key: tuple[str, ...], many: list[Subnet]
) -> Leg:
    vpc, table, why_table, nacl, why_nacl = key[:5]
    where = _addresses(snapshot, placement, many)
    public = placement.public_ip
    return Leg(vpc, tuple(many), where, groups, placement.origin, table, nacl, why_table, why_nacl, public)


def _addresses(snapshot: Snapshot, placement: Placement, many: list[Subnet]) -> Where:
    parts, why = list[tuple[int, int]](), ""
    for subnet in many:
        cidrs = choices(subnet.cidr)
        if cidrs is not None and is_known(subnet.cidr):
            parts += sets.usable(cidrs[0])
        else:
            why = why or f"the range of {subnet.origin} is not known: {why_unknown(subnet.cidr)}"
            vpc = snapshot.vpc_by_key[subnet.vpc]
            wide = cidrs or (None if vpc.cidrs_incomplete else known_or(vpc.cidrs, None))
            parts += sets.networks(wide) if wide else sets.EVERY_ADDRESS
    found = Intervals.of(parts)
    if placement.addresses:
        fixed = Intervals.of((int(one), int(one)) for one in placement.addresses)
        return Where(found & fixed, not why, why) if not why else Where(fixed)
    return Where(found, not why, why)


def subnet_of(leg: Leg, address: int) -> Subnet | None:
    """Return the leg's subnet that holds this address, if that is known."""
    for one in leg.subnets:
        cidr = known_or(one.cidr, None)
        if cidr is not None and address in sets.network(cidr):
            return one
    return leg.subnets[0] if len(leg.subnets) == 1 else None


def narrowed(leg: Leg, keep: tuple[Subnet, ...], snapshot: Snapshot) -> Leg:
    """Return the leg with only these of its subnets."""
    placement = Placement(tuple(one.key for one in keep), leg.groups or (), leg.origin)
    where = _addresses(snapshot, placement, list(keep)) if keep else Where(Intervals())
    kept = Where(where.addresses & leg.where.addresses, where.exact and leg.where.exact, where.why or leg.where.why)
    return replace(leg, subnets=keep, where=kept)

"""Network ACLs: ascending number, first match decides, no match denies, each direction by itself.

Source: VPC user guide, network ACL rules. ACLs are asked only where a packet crosses the border of a subnet.
"""

from __future__ import annotations

from eksclave.reach import ruling, sets
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Nacl, NaclEntry
from eksclave.reach.facts.values import choices, is_known, why_unknown
from eksclave.reach.ruling import Ruling, Where
from eksclave.reach.sets import Box, Intervals


def decide(nacl: Nacl, egress: bool, protocol: str, remote: Where, ports: Intervals) -> Ruling:
    """Return whether the ACL lets every packet of this protocol pass, to or from these addresses, on these ports.

    `remote` are destinations of outbound and sources of inbound packets; `ports` are destination ports.
    """
    required = Box(remote.addresses, ports)
    entries = [one for one in nacl.entries if one.egress is egress]
    way = "outbound" if egress else "inbound"
    sure_left, by = _left(entries, Box(remote.addresses.hull, ports), protocol, sure=True)
    if sure_left:  # not even everything in between passes, so ask exactly
        sure_left, by = _left(entries, required, protocol, sure=True)
    if nacl.incomplete:
        sure_left = [(required, None)]
    if not sure_left:
        return Ruling(Outcome.PASS, by[0].origin if by else nacl.origin, f"{way} {_names(by)} of the network ACL")
    possible_left = [] if nacl.incomplete else _left(entries, required, protocol, sure=False)[0]
    shown, entry = (possible_left or sure_left)[0]
    origin = entry.origin if entry else nacl.origin
    detail = _detail(nacl, entry, way, shown, protocol, bool(possible_left))
    found = ruling.rule(
        remote, required, [box for box, _ in sure_left], [box for box, _ in possible_left], origin, detail
    )
    assert found is not None
    return found


def _detail(nacl: Nacl, entry: NaclEntry | None, way: str, box: Box, protocol: str, refuted: bool) -> str:
    packet = ruling.show_box(box, protocol)
    if not refuted:
        why = nacl.incomplete or next((_why(one) for one in nacl.entries if _why(one)), "")
        return f"whether the network ACL lets {way} {packet} pass is open" + (f": {why}" if why else "")
    if entry is None:
        return f"no {way} entry of the network ACL allows {packet} (implicit deny)"
    return f"{way} entry {entry.number} of the network ACL denies {packet}"


def _why(entry: NaclEntry) -> str:
    values = (entry.number, entry.allow, entry.protocol, entry.cidr, entry.ports)
    return next((why_unknown(one) for one in values if not is_known(one)), "")


def _names(by: list[NaclEntry]) -> str:
    numbers = [str(one.number) if isinstance(one.number, int) else "?" for one in by]
    return f"entry {numbers[0]}" if len(numbers) == 1 else f"entries {', '.join(numbers)}"


def _left(
    entries: list[NaclEntry], required: Box, protocol: str, sure: bool
) -> tuple[list[tuple[Box, NaclEntry | None]], list[NaclEntry]]:
    """Return the denied boxes with the entry that denies each (None: implicit), and the entries that allowed."""
    remaining, denied, allowed = [required], list[tuple[Box, NaclEntry | None]](), list[NaclEntry]()
    for entry in sorted(entries, key=lambda one: _number(one, sure)):
        if not remaining:
            break
        allows = _allows(entry, sure)
        taken = _box(entry, protocol, sure=sure if allows else not sure)
        hit = [part & taken for part in remaining if part & taken]
        if not hit:
            continue
        if allows:
            allowed.append(entry)
        else:
            denied += [(part, entry) for part in hit]
        remaining = sets.without(remaining, taken)
    return denied + [(part, None) for part in remaining], allowed


def _allows(entry: NaclEntry, sure: bool) -> bool:
    found = choices(entry.allow) or (True, False)
    return all(found) if sure else any(found)


def _number(entry: NaclEntry, sure: bool) -> int:
    """Return the number to sort by: an allow is late in the sure reading and early in the possible one."""
    found = choices(entry.number) or (0, 32767)
    return max(found) if _allows(entry, sure) is sure else min(found)


def _box(entry: NaclEntry, protocol: str, sure: bool) -> Box:
    if not ruling.matches_protocol(entry.protocol, protocol, sure):
        return Box(Intervals(), Intervals())
    all_ports = ruling.takes_all_ports(entry.protocol, sure)
    ports = sets.EVERY_PORT if all_ports else ruling.ports_of(entry.ports, sure)
    return Box(ruling.addresses_of(entry.cidr, sure), ports)

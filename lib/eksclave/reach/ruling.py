"""How one filter or table rules over a set of packets, and the two bounds that make unknown rules harmless.

A rule that is not fully known is counted twice: in the *sure* reading it allows as little as it can, in the *possible*
reading as much as it can. What the sure reading allows is proved; what the possible reading denies is refuted; all else
is unknown. The truth lies between the two because allowing is monotone in every rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from eksclave.net import PortRange
from eksclave.reach import sets
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Network
from eksclave.reach.facts.values import Origin, Value, choices
from eksclave.reach.sets import Box, Intervals

PROTOCOL_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "-1": "all"}


@dataclass(frozen=True)
class Where:
    """A set of addresses. Where it is not `exact`, the true set is some unknown, non-empty part of it."""

    addresses: Intervals
    exact: bool = True
    why: str = ""


@dataclass(frozen=True)
class Ruling:
    """What was ruled: `box` holds the packets that fail (or are open); it is None for a pass."""

    outcome: Outcome
    origin: Origin
    detail: str
    box: Box | None = None
    assumptions: tuple[str, ...] = ()


def rule(
    where: Where, required: Box, sure_left: list[Box], possible_left: list[Box], origin: Origin, detail: str
) -> Ruling | None:
    """Return None for a pass, else the failing or open ruling, from what each reading leaves denied."""
    if not sure_left:
        return None
    if where.exact and possible_left:
        return Ruling(Outcome.FAIL, origin, detail, possible_left[0])
    if not where.exact and _fails_everywhere(possible_left, required):
        return Ruling(Outcome.FAIL, origin, detail, possible_left[0])
    why = where.why if not where.exact else ""
    return Ruling(Outcome.UNKNOWN, origin, f"{detail}; {why}" if why else detail, sure_left[0])


def _fails_everywhere(boxes: list[Box], required: Box) -> bool:
    """Tell whether every address lacks some required port: then it fails for any part of the addresses."""
    return not required.addresses - Intervals.of(pair for box in boxes for pair in box.addresses)


def matches_protocol(value: Value[str], wanted: str, sure: bool) -> bool:
    """Tell whether a rule's protocol surely (or possibly) takes in the wanted one."""
    found = choices(value)
    if found is None:
        return not sure
    hits = [PROTOCOL_NUMBERS.get(one.lower(), one.lower()) in ("all", wanted) for one in found]
    return all(hits) if sure else any(hits)


def takes_all_ports(value: Value[str], sure: bool) -> bool:
    """Tell whether the rule's protocol is `all`, so that its ports mean nothing."""
    found = choices(value)
    if found is None:
        return not sure
    hits = [PROTOCOL_NUMBERS.get(one.lower(), one.lower()) == "all" for one in found]
    return all(hits) if sure else any(hits)


def addresses_of(value: Value[Network], sure: bool) -> Intervals:
    """Return the IPv4 addresses that a range surely (or possibly) holds; an IPv6 range holds none."""
    found = choices(value)
    if found is None:
        return Intervals() if sure else sets.EVERY_ADDRESS
    parts = [sets.network(one) if isinstance(one, IPv4Network) else Intervals() for one in found]
    return meet(parts) if sure else join(parts)


def ports_of(value: Value[PortRange | None], sure: bool) -> Intervals:
    """Return the ports that a rule surely (or possibly) takes in; None is every port."""
    found = choices(value)
    if found is None:
        return Intervals() if sure else sets.EVERY_PORT
    parts = [sets.EVERY_PORT if one is None else Intervals(((one.first, one.last),)) for one in found]
    return meet(parts) if sure else join(parts)


def meet(parts: list[Intervals]) -> Intervals:
    """Return what all parts share."""
    found = parts[0]
    for one in parts[1:]:
        found &= one
    return found


def join(parts: list[Intervals]) -> Intervals:
    """Return what any part holds."""
    return Intervals.of(pair for one in parts for pair in one)


def show_ports(ports: Intervals) -> str:
    """Return ports as people write them: `443`, `1024-65535`."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ports)


def show_box(box: Box, protocol: str) -> str:
    """Return a box's smallest packet end in words: `tcp 10.0.1.4:443`."""
    return f"{protocol} {sets.address(box.addresses.first)}:{box.ports.first}"

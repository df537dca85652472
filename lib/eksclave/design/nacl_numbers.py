"""Entries of one network ACL: as few as let everything through, and numbers that stay when others come or go.

An entry's number follows from what it says. Terraform replaces an entry whose number changes, and while it does, the
packets that it lets through are dropped. All entries allow, so their order means nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Literal

from eksclave.net import PortRange, Protocol

Direction = Literal["ingress", "egress"]

# What entries usually let through, in the order of their numbers within a hundred.
_USUAL = (
    *("everything", "tcp 1-65535", "tcp 80", "tcp 443", "tcp 1024-65535", "tcp 10250", "tcp 30000-32767"),
    *("tcp 2049", "tcp 53", "udp 53"),
)
_STRANGERS = 1000
_STRANGER_HUNDREDS = 300


@dataclass(frozen=True)
class Need:
    """One thing that an ACL must let through."""

    direction: Direction
    protocol: Protocol | None
    cidr: IPv4Network
    ports: PortRange | None
    because: tuple[str, ...]
    reason: str

    def covers(self, other: Need) -> bool:
        """Whether this entry lets through everything that the other one does."""
        same = self.direction == other.direction and other.cidr.subnet_of(self.cidr)
        if not same or self.protocol is None or self.ports is None:
            return same
        if other.ports is None or self.protocol != other.protocol:
            return False
        return self.ports.first <= other.ports.first and other.ports.last <= self.ports.last


def number_entries(needs: Sequence[Need], owners: Sequence[IPv4Network]) -> tuple[int, ...]:
    """Return a number for each need: a hundred by whose range it names, then what it lets through.

    `owners` are the ranges that are always there; networks of operators get a hundred from their own address.
    """
    hundreds = {cidr: 100 * (index + 1) for index, cidr in reversed(list(enumerate(owners)))}
    for cidr in sorted({need.cidr for need in needs} - hundreds.keys()):
        hundreds[cidr] = _free(_STRANGERS, 100, _STRANGER_HUNDREDS, str(cidr), set(hundreds.values()))
    numbers: list[int] = []
    for need in needs:
        base, said = hundreds[need.cidr], _said(need)
        if said in _USUAL:
            numbers.append(base + _USUAL.index(said))
        else:
            first = base + len(_USUAL)
            numbers.append(_free(first, 1, 100 - len(_USUAL), said, set(numbers)))
    return tuple(numbers)


def _said(need: Need) -> str:
    return "everything" if need.protocol is None else f"{need.protocol} {need.ports}"


def _free(first: int, step: int, count: int, name: str, taken: set[int]) -> int:
    """Return the first free number from the place that the name's checksum gives."""
    start = zlib.crc32(name.encode()) % count
    return next(n for i in range(count) if (n := first + step * ((start + i) % count)) not in taken)


def fewest(needs: Iterable[Need]) -> list[Need]:
    """Return the needs without those that another one covers; what is dropped leaves its flow ids behind."""
    kept: list[Need] = []
    for need in sorted(needs, key=_breadth):
        for index, wider in enumerate(kept):
            if wider.covers(need):
                because = tuple(dict.fromkeys((*wider.because, *need.because)))
                kept[index] = replace(wider, because=because)
                break
        else:
            kept.append(need)
    return [replace(need, because=tuple(sorted(need.because))) for need in sorted(kept, key=_order)]


def _breadth(need: Need) -> tuple[int, int, int, str]:
    width = 65536 if need.ports is None else need.ports.last - need.ports.first
    return (need.cidr.prefixlen, -width, int(need.cidr.network_address), need.protocol or "")


def _order(need: Need) -> tuple[int, int, str, int]:
    first = -1 if need.ports is None else need.ports.first
    return (-need.cidr.prefixlen, int(need.cidr.network_address), need.protocol or "", first)

"""Exact sets of integers as sorted disjoint intervals, and regions of (address, port) as disjoint rectangles."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network

from eksclave.net import PortRange


@dataclass(frozen=True)
class Intervals:
    """A set of integers: inclusive (first, last) pairs, sorted, disjoint and never touching. Build with `of`."""

    pairs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> Intervals:
        """Return the set that holds every integer of every pair."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(pairs):
            if first > last:
                continue
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __contains__(self, number: int) -> bool:
        index = bisect_left(self.pairs, (number + 1,)) - 1
        return index >= 0 and self.pairs[index][0] <= number <= self.pairs[index][1]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.pairs)

    def __or__(self, other: Intervals) -> Intervals:
        return Intervals.of((*self.pairs, *other.pairs))

    def __and__(self, other: Intervals) -> Intervals:
        if len(other.pairs) == 1:
            return self._clipped(*other.pairs[0])
        if len(self.pairs) == 1:
            return other._clipped(*self.pairs[0])
        found: list[tuple[int, int]] = []
        left = right = 0
        while left < len(self.pairs) and right < len(other.pairs):
            (a, b), (c, d) = self.pairs[left], other.pairs[right]
            if max(a, c) <= min(b, d):
                found.append((max(a, c), min(b, d)))
            if b < d:
                left += 1
            else:
                right += 1
        return Intervals(tuple(found))

    def _clipped(self, first: int, last: int) -> Intervals:
        """Return what lies between two numbers."""
        start = bisect_left(self.pairs, (first + 1,)) - 1
        start = start if start >= 0 and self.pairs[start][1] >= first else start + 1
        end = bisect_left(self.pairs, (last + 1,), start)
        inner = self.pairs[start:end]
        if not inner or (inner[0][0] >= first and inner[-1][1] <= last):
            return Intervals(inner) if len(inner) != len(self.pairs) else self
        if len(inner) == 1:
            return Intervals(((max(first, inner[0][0]), min(last, inner[0][1])),))
        head, tail = (max(first, inner[0][0]), inner[0][1]), (inner[-1][0], min(last, inner[-1][1]))
        return Intervals((head, *inner[1:-1], tail))

    @property
    def hull(self) -> Intervals:
        """Everything from the first member to the last."""
        return Intervals(((self.pairs[0][0], self.pairs[-1][1]),)) if self.pairs else self

    def __sub__(self, other: Intervals) -> Intervals:
        if len(other.pairs) == 1:
            (low, high) = other.pairs[0]
            return Intervals(self._clipped(0, low - 1).pairs + self._clipped(high + 1, 2**32).pairs)
        found: list[tuple[int, int]] = []
        right = 0
        for first, last in self.pairs:
            while right < len(other.pairs) and other.pairs[right][1] < first:
                right += 1
            start, index = first, right
            while index < len(other.pairs) and other.pairs[index][0] <= last:
                if other.pairs[index][0] > start:
                    found.append((start, other.pairs[index][0] - 1))
                start = max(start, other.pairs[index][1] + 1)
                index += 1
            if start <= last:
                found.append((start, last))
        return Intervals(tuple(found))

    def meets(self, other: Intervals) -> bool:
        """Tell whether the sets share a member; quick where `other` has few intervals."""
        for first, last in other.pairs:
            index = bisect_left(self.pairs, (first + 1,)) - 1
            if index >= 0 and self.pairs[index][1] >= first:
                return True
            if index + 1 < len(self.pairs) and self.pairs[index + 1][0] <= last:
                return True
        return False

    @property
    def first(self) -> int:
        """The smallest member."""
        return self.pairs[0][0]


EVERY_ADDRESS = Intervals(((0, 2**32 - 1),))
EVERY_PORT = Intervals(((0, 65535),))


@lru_cache(maxsize=65536)
def network(one: IPv4Network) -> Intervals:
    """Return all addresses of a network."""
    return Intervals(((int(one.network_address), int(one.broadcast_address)),))


@lru_cache(maxsize=65536)
def usable(one: IPv4Network) -> Intervals:
    """Return the addresses that a subnet gives to interfaces: all but the first four and the last (VPC user guide)."""
    return Intervals.of([(int(one.network_address) + 4, int(one.broadcast_address) - 1)])


def networks(many: Iterable[IPv4Network]) -> Intervals:
    """Return all addresses of all these networks."""
    return Intervals.of((int(one.network_address), int(one.broadcast_address)) for one in many)


def ports(many: Iterable[PortRange]) -> Intervals:
    """Return all ports of all these ranges."""
    return Intervals.of((one.first, one.last) for one in many)


def address(number: int) -> IPv4Address:
    """Return the address that this integer stands for."""
    return IPv4Address(number)


NOT_PUBLIC = networks(
    IPv4Network(text)
    for text in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    ]
)
PUBLIC = EVERY_ADDRESS - NOT_PUBLIC
"""Where a public address of AWS may lie: everything that no RFC reserves (RFC 6890)."""


@dataclass(frozen=True)
class Box:
    """All packets whose address and port lie in these sets."""

    addresses: Intervals
    ports: Intervals

    def __bool__(self) -> bool:
        return bool(self.addresses) and bool(self.ports)

    def __and__(self, other: Box) -> Box:
        return Box(self.addresses & other.addresses, self.ports & other.ports)


def without(region: list[Box], taken: Box) -> list[Box]:
    """Return what is left of disjoint boxes when another box is cut out, again as disjoint boxes."""
    left: list[Box] = []
    for box in region:
        shared = box & taken
        if not shared:
            left.append(box)
            continue
        rest = Box(box.addresses - shared.addresses, box.ports)
        beside = Box(shared.addresses, box.ports - shared.ports)
        left += [one for one in (rest, beside) if one]
    return left

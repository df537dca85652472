"""Ports, protocols and flows. Addresses are stdlib `ipaddress` values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Protocol(StrEnum):
    """The transport protocols that the required flows use, by the names AWS takes in rules."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"

    @property
    def number(self) -> int:
        """The IANA protocol number, as NACL entries may spell it."""
        return {"tcp": 6, "udp": 17, "icmp": 1}[self.value]


@dataclass(frozen=True, order=True)
class PortRange:
    """An inclusive range of ports, 0 to 65535."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= 65535:
            raise ValueError(f"port range {self.first}-{self.last} is not within 0-65535")

    @classmethod
    def of(cls, port: int) -> PortRange:
        """Return the range that holds this one port."""
        return cls(port, port)

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

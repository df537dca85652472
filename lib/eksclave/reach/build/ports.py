"""Protocols and port ranges of rules, in the words that AWS and Terraform accept for them."""

from __future__ import annotations

from typing import Any

from eksclave.net import PortRange
from eksclave.reach.build.base import Build
from eksclave.reach.facts.values import OneOf, Unknown, Value

_NAMES = {"-1": "all", "all": "all", "6": "tcp", "17": "udp", "1": "icmp", "icmpv6": "58"}


def protocol(build: Build, value: Any) -> Value[str]:
    """Return `all`, `tcp`, `udp`, `icmp` or a decimal number; `-1`, names and numbers are all taken by AWS."""
    return build.typed(value, lambda found: _NAMES.get(str(found).lower(), str(found).lower()), "all")


def ports(build: Build, first: Any, last: Any) -> Value[PortRange | None]:
    """Return a range, None for every port (0 to 0 with no ports given, or 0 to 65535)."""
    start, end = build.number(first, 0), build.number(last, 65535 if first in (None, 0) else -1)
    if isinstance(start, (Unknown, OneOf)) or isinstance(end, (Unknown, OneOf)):
        return Unknown("its ports are known only after apply")
    end = start if end < 0 <= start else end
    if start < 0 or (start, end) == (0, 65535):
        return None
    if not 0 <= start <= end <= 65535:
        return Unknown(f"ports {start}-{end} are no range")
    return PortRange(start, end)

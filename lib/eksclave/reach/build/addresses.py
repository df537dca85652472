"""Fixed addresses of interfaces."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from eksclave.reach.build.base import Build


def lies_in(build: Build, address: IPv4Address, subnet: str) -> bool:
    """Tell whether an address can be one of a subnet's; emulated AWS hands out others, which say nothing."""
    found = build.world.resources.get(subnet)
    cidr = build.cidr(found.get("cidr_block")) if found is not None else None
    return not isinstance(cidr, IPv4Network) or address in cidr

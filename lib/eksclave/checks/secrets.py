"""Addresses of ranges that the input marks as sensitive are not printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network

from eksclave.checks.result import Result

SECRET = "(sensitive)"
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b")


def without_secrets(ranges: Iterable[IPv4Network | IPv6Network], text: str) -> str:
    """Return the text without any address or range that lies in one of these ranges."""
    inside = [one for one in ranges if isinstance(one, IPv4Network)]

    def hide(found: re.Match[str]) -> str:
        try:
            said = ip_network(found[0], strict=False)
        except ValueError:
            return found[0]
        return SECRET if isinstance(said, IPv4Network) and any(said.overlaps(one) for one in inside) else found[0]

    return _ADDRESS.sub(hide, text) if inside else text


def hidden(result: Result, hide: Callable[[str], str]) -> Result:
    """Return the result with every text of it passed through `hide`."""
    packet = result.packet
    if packet is not None:
        packet = replace(packet, source=hide(packet.source), destination=hide(packet.destination))
    return replace(
        result,
        source=hide(result.source),
        destination=hide(result.destination),
        packet=packet,
        stopped_at=tuple(replace(stop, detail=hide(stop.detail)) for stop in result.stopped_at),
        reason=hide(result.reason),
        fix=None if result.fix is None else hide(result.fix),
        assumptions=tuple(map(hide, result.assumptions)),
        readings=tuple(map(hide, result.readings)),
        steps=tuple(map(hide, result.steps)),
    )

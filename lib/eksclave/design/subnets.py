"""Carve a VPC's range into subnets that leave room to grow and never overlap.

Nodes fill the range from its beginning, one equal piece per zone; the small tiers lie at its end, one aligned block
per tier with a piece for every zone that the Region may ever have. One block more stays free for a tier to come. A
subnet's place follows from its tier and its zone's letter alone: what is added later never moves what is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from eksclave.design.zones import slot_of
from eksclave.errors import InputError, Mistake
from eksclave.spec.network import TIERS, Tier, TierSizes

SMALL_TIERS: tuple[Tier, ...] = ("control_plane", "endpoints", "load_balancers")
KEPT_BY_AWS = 5
"""Addresses that AWS keeps in every subnet (VPC user guide, "Subnet CIDR blocks")."""


@dataclass(frozen=True)
class Carving:
    """Subnets by tier and zone, and the ranges that each tier owns, present zones or not."""

    subnets: Mapping[tuple[Tier, str], IPv4Network]
    owned: Mapping[Tier, tuple[IPv4Network, ...]]
    free: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class _Sizes:
    slots: int
    prefixes: Mapping[Tier, int]


def default_prefixes(vpc: IPv4Network) -> dict[Tier, int]:
    """Return the prefix length of one subnet of each tier: nodes take an eighth of the range, the others /24 to /27."""
    small = min(max(vpc.prefixlen + 8, 24), 27 if vpc.prefixlen <= 22 else 28)
    return {
        "nodes": min(vpc.prefixlen + 3, 28),
        "control_plane": small,
        "endpoints": small,
        "load_balancers": small,
    }


def carve(vpc: IPv4Network, zones: tuple[str, ...], sizes: TierSizes | None = None) -> Carving:
    """Return the subnets of these zones; raise `InputError` where the range has no room for them."""
    chosen = _sizes(vpc, sizes)
    blocks = _blocks(vpc, chosen)
    mistakes = list(_mistakes(vpc, zones, chosen, blocks))
    if mistakes:
        raise InputError(mistakes)
    subnets: dict[tuple[Tier, str], IPv4Network] = {}
    for zone in sorted(zones):
        subnets["nodes", zone] = _piece(vpc, chosen.prefixes["nodes"], slot_of(zone))
        for tier in SMALL_TIERS:
            subnets[tier, zone] = _piece(blocks[tier], chosen.prefixes[tier], slot_of(zone))
    reserved = _reserved(vpc, blocks)
    owned: dict[Tier, tuple[IPv4Network, ...]] = {tier: (blocks[tier],) for tier in SMALL_TIERS}
    owned["nodes"] = tuple(_between(vpc.network_address, _lowest(vpc, blocks)))
    return Carving(subnets, owned, (reserved,) if reserved else ())


def _sizes(vpc: IPv4Network, asked: TierSizes | None) -> _Sizes:
    prefixes = default_prefixes(vpc)
    for tier in TIERS:
        if asked is not None and (prefix := getattr(asked, tier)) is not None:
            prefixes[tier] = prefix
    return _Sizes(8 if vpc.prefixlen <= 21 else 4, prefixes)


def _blocks(vpc: IPv4Network, sizes: _Sizes) -> dict[Tier, IPv4Network]:
    """Return one aligned block per small tier, from the end of the range downwards."""
    end = int(vpc.broadcast_address) + 1
    blocks: dict[Tier, IPv4Network] = {}
    for tier in SMALL_TIERS:
        prefix = sizes.prefixes[tier] - sizes.slots.bit_length() + 1
        length = 1 << (32 - prefix)
        end = (end - length) // length * length
        if end < int(vpc.network_address):
            break
        blocks[tier] = IPv4Network((end, prefix))
    return blocks


def _reserved(vpc: IPv4Network, blocks: Mapping[Tier, IPv4Network]) -> IPv4Network | None:
    """Return the block below the last one, as large as it, which stays free for a tier to come."""
    last = min(blocks.values())
    start = int(last.network_address) - last.num_addresses
    return IPv4Network((start, last.prefixlen)) if start > int(vpc.network_address) else None


def _lowest(vpc: IPv4Network, blocks: Mapping[Tier, IPv4Network]) -> int:
    reserved = _reserved(vpc, blocks)
    return int(reserved.network_address if reserved else min(blocks.values()).network_address)


def _between(first: IPv4Address, end: int) -> Iterator[IPv4Network]:
    return summarize_address_range(first, IPv4Address(end - 1))


def _piece(block: IPv4Network, prefix: int, slot: int) -> IPv4Network:
    return IPv4Network((int(block.network_address) + (slot << (32 - prefix)), prefix))


def _mistakes(
    vpc: IPv4Network, zones: tuple[str, ...], sizes: _Sizes, blocks: Mapping[Tier, IPv4Network]
) -> Iterator[Mistake]:
    fix = "take a larger range, or longer prefixes in network.subnet_prefixes"
    for tier in TIERS:
        if sizes.prefixes[tier] <= vpc.prefixlen:
            said = f"/{sizes.prefixes[tier]} is not smaller than {vpc}"
            yield Mistake("", f"network.subnet_prefixes.{tier}", said, "write a longer prefix")
            return
    if len(blocks) < len(SMALL_TIERS):
        yield Mistake("", "network.cidr", f"{vpc} has no room for subnets of every tier in {sizes.slots} zones", fix)
        return
    slots: dict[int, str] = {}
    for zone in sorted(zones):
        slot = slot_of(zone)
        if slot in slots:
            said = f"'{slots[slot]}' and '{zone}' would get the same subnets"
            yield Mistake("", "network.zones", said, "name all zones by name, or all by id")
        elif slot >= sizes.slots:
            yield Mistake("", "network.cidr", f"{vpc} has room for {sizes.slots} zones, but not for '{zone}'", fix)
        elif int(_piece(vpc, sizes.prefixes["nodes"], slot).broadcast_address) >= _lowest(vpc, blocks):
            said = f"{vpc} has no room for a node subnet /{sizes.prefixes['nodes']} in zone '{zone}'"
            yield Mistake("", "network.cidr", said, fix)
        slots.setdefault(slot, zone)

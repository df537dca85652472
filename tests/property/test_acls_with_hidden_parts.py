"""One network ACL of which parts are hidden: a pass holds for every way to fill them in, and so does a fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import product
from typing import Any

from eksclave.net import PortRange
from eksclave.reach import nacl, sets
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.network import Nacl, NaclEntry
from eksclave.reach.facts.values import OneOf, Origin, Unknown
from eksclave.reach.ruling import Where
from hypothesis import event, given
from hypothesis import strategies as st

from tests.oracles.asking import depth

ASKED = IPv4Network("10.0.0.0/24")
PARTS: dict[str, tuple[Any, ...]] = {
    "number": (1, 2, 3, 4, 5),
    "allow": (True, False),
    "protocol": ("tcp", "udp", "all"),
    "cidr": (ASKED, *ASKED.subnets(), IPv4Network("0.0.0.0/0"), IPv4Network("192.0.2.0/24")),
    "ports": (None, PortRange(443, 443), PortRange(0, 442), PortRange(440, 450)),
}


@st.composite
def acls(draw: Any) -> Nacl:
    """Draw an ACL of up to four entries with different numbers."""
    numbers = draw(st.lists(st.sampled_from((1, 2, 3, 4, 5)), min_size=1, max_size=4, unique=True))
    others = [name for name in PARTS if name != "number"]
    entries = [
        NaclEntry(
            number=number,
            egress=False,
            origin=Origin(str(number)),
            **{n: draw(st.sampled_from(PARTS[n])) for n in others},
        )
        for number in numbers
    ]
    return Nacl("acl", Origin("acl"), "vpc", tuple(entries))


@st.composite
def hidden(draw: Any) -> tuple[Nacl, list[tuple[int, str, tuple[Any, ...]]]]:
    """Draw an ACL with one or two parts hidden: which entry, which part, what it may be."""
    acl, veils = draw(acls()), list[tuple[int, str, tuple[Any, ...]]]()
    for _ in range(draw(st.integers(1, 2))):
        at, part = draw(st.integers(0, len(acl.entries) - 1)), draw(st.sampled_from(sorted(PARTS)))
        if any((at, part) == veil[:2] for veil in veils):
            continue
        values = PARTS[part]
        value: Any = Unknown("hidden")
        if draw(st.booleans()):
            values = tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)))
            value = OneOf(values, "hidden")
        entries = list(acl.entries)
        entries[at] = replace(entries[at], **{part: value})
        acl = replace(acl, entries=tuple(entries))
        veils.append((at, part, values))
    return acl, veils


def filled(acl: Nacl, veils: list[tuple[int, str, tuple[Any, ...]]]) -> Iterator[Nacl]:
    """Yield the ACL with every way to fill in what is hidden; no two entries have one number."""
    for chosen in product(*(values for _, _, values in veils)):
        entries: list[Any] = list(acl.entries)
        for (at, part, _), value in zip(veils, chosen, strict=True):
            entries[at] = replace(entries[at], **{part: value})
        if len({one.number for one in entries}) == len(entries):
            yield replace(acl, entries=tuple(entries))


def passes(acl: Any, address: Any, port: int) -> bool:
    """Return what AWS says to one packet: ascending numbers, the first match decides."""
    for one in sorted(acl.entries, key=lambda entry: entry.number):
        fits = one.protocol == "all" or one.ports is None or port in one.ports
        if one.protocol in ("tcp", "all") and fits and address in one.cidr:
            return one.allow
    return False


@depth(400)
@given(hidden())
def test_what_is_ruled_about_a_partly_hidden_acl_holds_however_it_is_filled_in(case: Any) -> None:
    acl, veils = case
    said = nacl.decide(acl, False, "tcp", Where(sets.network(ASKED)), sets.ports([PortRange(443, 443)])).outcome
    event(str(said))
    truths = {all(passes(one, address, 443) for address in (ASKED[1], ASKED[200])) for one in filled(acl, veils)}
    if said is Outcome.PASS:
        assert truths <= {True}
    if said is Outcome.FAIL:
        assert truths <= {False}

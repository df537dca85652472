"""Random small worlds against a plain judge of single packets: same outcome, and the shown packet really fails."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from unittest.mock import patch

import pytest
from eksclave.reach import crowd
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.groups import GroupRef
from eksclave.reach.facts.network import TargetKind
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_world import World, entry, net, place, route, rule

FEW_EXAMPLES = 60
CIDRS = st.sampled_from(
    [
        "0.0.0.0/0",
        "10.0.0.0/27",
        "10.0.0.0/29",
        "10.0.0.8/29",
        "10.0.0.16/29",
        "10.0.0.4/31",
        "10.0.0.13/32",
        "9.0.0.0/8",
    ]
)
SPANS = st.sampled_from(
    [None, (80, 80), (80, 81), (0, 65535), (32768, 60999), (32768, 50000), (50001, 60999), (81, 40000)]
)
WORDS = st.sampled_from(["tcp", "tcp", "all", "udp", "6"])


@st.composite
def acl(draw):
    numbers = draw(st.lists(st.integers(1, 20), unique=True, max_size=5))
    made = [
        entry(one, draw(st.booleans()), draw(st.integers(0, 3)) > 0, draw(CIDRS), draw(SPANS), draw(WORDS))
        for one in numbers
    ]
    if draw(st.integers(0, 3)) > 0:
        made += [entry(30, True, True, protocol="all"), entry(30, False, True, protocol="all")]
    return tuple(draw(st.permutations(made)))


@st.composite
def rules(draw):
    peers = st.one_of(CIDRS, st.sampled_from(["x", "y", "z"]))
    made = [rule(draw(st.booleans()), draw(peers), draw(SPANS), draw(WORDS)) for _ in range(draw(st.integers(0, 4)))]
    if draw(st.integers(0, 3)) > 0:
        made += [rule(True, "0.0.0.0/0", None, "all"), rule(False, "10.0.0.0/27", None, "all")]
    return tuple(made)


@dataclass
class Drawn:
    world: World
    source: object
    destination: object
    hole: str | None


@st.composite
def drawn(draw):
    world = World().vpc("vpc", "10.0.0.0/27")
    hole = draw(st.sampled_from([None, None, None, "10.0.0.8/29", "10.0.0.0/26"]))
    world.table("private", *([route(hole, TargetKind.BLACKHOLE)] if hole else []))
    for key, cidr in zip("abc", ("10.0.0.0/29", "10.0.0.8/29", "10.0.0.16/29"), strict=True):
        world.subnet(key, cidr, entries=draw(acl()))
    for key in "xyz":
        world.sg(key, *draw(rules()))
    ends = st.tuples(
        st.lists(st.sampled_from("abc"), min_size=1, unique=True),
        st.lists(st.sampled_from("xyz"), min_size=1, unique=True),
    )
    source, destination = draw(ends), draw(ends)
    return Drawn(
        world, place(tuple(source[0]), tuple(source[1])), place(tuple(destination[0]), tuple(destination[1])), hole
    )


def acl_lets(made, egress, remote, port):
    for one in sorted(made.entries, key=lambda each: each.number):
        span = one.ports if one.protocol not in ("all", "-1") else None
        meant = one.egress is egress and one.protocol in ("all", "tcp", "6") and remote in one.cidr
        if meant and (span is None or span.first <= port <= span.last):
            return one.allow
    return False


def groups_let(world, own, egress, remote, others, port):
    for key in own:
        for one in world.groups[key].rules:
            span = one.ports if one.protocol != "all" else None
            meant = one.peer.key in others if isinstance(one.peer, GroupRef) else remote in one.peer
            fits = one.egress is egress and one.protocol in ("all", "tcp", "6") and meant
            if fits and (span is None or span.first <= port <= span.last):
                return True
    return False


def route_keeps(one, address):
    """The hole wins only if it is longer than the VPC's own /27."""
    return not (one.hole and net(one.hole).prefixlen > 27 and address in net(one.hole))


def passes(one, near, far, client, server, port, back):
    """Judge one connection: client in subnet `near`, server in `far`, to `port` from source port `back`."""
    world, own, other = one.world, one.source.groups, one.destination.groups
    if not groups_let(world, own, True, server, other, port) or not groups_let(world, other, False, client, own, port):
        return False
    if near == far:
        return True
    here, there = world.nacls[f"acl-{near}"], world.nacls[f"acl-{far}"]
    ways = acl_lets(here, True, server, port), acl_lets(there, False, client, port)
    answers = acl_lets(there, True, client, back), acl_lets(here, False, server, back)
    return all((*ways, *answers, route_keeps(one, server), route_keeps(one, client)))


def addresses(world, key):
    cidr = world.subnets[key].cidr
    return [cidr[index] for index in range(4, cidr.num_addresses - 1)]


@pytest.mark.parametrize("few", [crowd.FEW, 0], ids=["pair by pair", "together"])
@settings(max_examples=FEW_EXAMPLES, deadline=None)
@given(one=drawn())
def test_the_trace_agrees_with_a_judge_of_single_packets(few, one):
    with patch.object(crowd, "FEW", few):
        found = one.world.ask(one.source, one.destination, (80, 81))
    back_ports = (32768, 40000, 40001, 50000, 50001, 60999)  # both sides of every border that the rules can draw
    lost = {
        (client, server, port, back)
        for near in one.source.subnets
        for far in one.destination.subnets
        for client in addresses(one.world, near)
        for server in addresses(one.world, far)
        for port in (80, 81)
        for back in back_ports
        if not passes(one, near, far, client, server, port, back)
    }
    assert found.outcome is (Outcome.FAIL if lost else Outcome.PASS)
    if lost:
        shown = found.packet
        ends = (shown.source, shown.destination, shown.destination_port, shown.source_port)
        if shown.direction == "response":
            ends = (shown.destination, shown.source, shown.source_port, shown.destination_port)
        client, server, port, back = ends
        near, far = (next(key for key in "abc" if who in one.world.subnets[key].cidr) for who in (client, server))
        assert isinstance(client, IPv4Address) and not passes(one, near, far, client, server, port, back)

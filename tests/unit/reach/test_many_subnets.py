"""Many subnets: the shortcut agrees with asking every pair, and large worlds stay quick."""

import time

import pytest
from eksclave.net import Protocol
from eksclave.reach import crowd, local
from eksclave.reach.answer import Outcome, worst
from eksclave.reach.facts.network import NaclEntry
from eksclave.reach.facts.values import Unknown
from eksclave.reach.judge import Judge
from eksclave.reach.legs import legs
from eksclave.reach.sets import Intervals
from eksclave.reach.steps import Flow
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_world import ALL_OUT, EC2, allow_in, allow_out, at, entry, net, place, plain

SUBNETS = [f"s{number}" for number in range(6)]
CIDRS = st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/23", "10.0.4.128/25", "10.0.5.4/32"])
PORTS = st.sampled_from([None, 8080, (1024, 65535), (32768, 60999), (8080, 50000)])


@st.composite
def entries(draw):
    made = []
    for number in draw(st.lists(st.integers(1, 30), unique=True, max_size=4)):
        egress, allow, cidr, ports = draw(st.booleans()), draw(st.booleans()), draw(CIDRS), draw(PORTS)
        one = entry(number, egress, allow, cidr, ports)
        unknown = NaclEntry(number, egress, allow, "tcp", Unknown("x"), at("acl", f"unknown[{number}]"))
        made.append(unknown if draw(st.integers(0, 9)) == 0 else one)
    return (*made, entry(100, True, True, protocol="all"), entry(100, False, True, protocol="all"))


@settings(max_examples=60, deadline=None)
@given(st.lists(entries(), min_size=6, max_size=6), st.sampled_from([None, "10.0.0.0/22"]), st.booleans())
def test_asking_all_together_has_the_same_outcome_as_asking_every_pair(acls, group_range, wide):
    world = plain().sg(
        "node", ALL_OUT if wide else allow_out("10.0.0.0/21", None, "all"), allow_in("10.0.0.0/16", None)
    )
    if group_range:
        world.sg("node", ALL_OUT, allow_in(group_range, None))
    for number, (key, acl) in enumerate(zip(SUBNETS, acls, strict=True)):
        world.subnet(key, f"10.0.{number}.0/24", entries=acl)
    judge = Judge(world.snapshot())
    ends = legs(judge.snapshot, place(tuple(SUBNETS)))
    flow = Flow(Protocol.TCP, Intervals(((8080, 8080),)), Intervals(((32768, 60999),)))
    every = [one for near in ends for far in ends for one in local.traces(judge, flow, near, far)]
    together = crowd.traces(judge, flow, ends, ends)
    assert worst([one.outcome for one in together]) == worst([one.outcome for one in every])


def large():
    world = plain()
    keys = tuple(f"s{number:03}" for number in range(200))
    for number, key in enumerate(keys):
        own = [entry(step, step % 2 == 0, True, f"10.0.{step * 7 % 256}.0/24", (1024, 65535)) for step in range(1, 11)]
        rest = (entry(100, False, True, protocol="all"), entry(101, True, True, protocol="all"))
        world.subnet(key, f"10.0.{number}.0/24", entries=(*own, *rest))
    wide = [allow_out(f"10.{number // 256}.{number % 256}.0/24") for number in range(2000)]
    world.sg("node", *wide, ALL_OUT, allow_in("node", None, "all"))
    return world.endpoint("ec2", "ec2", subnets=keys[:6]).cluster(subnets=keys), keys


def test_two_hundred_subnets_and_two_thousand_rules_take_a_few_seconds_at_most():
    world, keys = large()
    started = time.process_time()
    assert world.ask(place(keys), EC2).outcome is Outcome.PASS
    assert world.ask(place(keys), place(keys), (1025, 65535)).outcome is Outcome.PASS
    assert time.process_time() - started < 5


@pytest.mark.parametrize("way", [True, False])
def test_one_bad_subnet_among_two_hundred_is_found_and_named(way):
    world, keys = large()
    bad = entry(1, way, False, "10.0.17.0/24", 8080) if way else entry(1, way, False, "10.0.17.0/24", (40000, 40010))
    world.acl("s150", bad, entry(100, False, True, protocol="all"), entry(101, True, True, protocol="all"))
    found = world.ask(place(keys), place(keys), 8080)
    assert found.disposition == "denied-by-nacl" and found.stopped.origin.attribute.endswith("[1]")
    assert found.packet.source in net("10.0.17.0/24") or found.packet.destination in net("10.0.17.0/24")

"""Verdict, order and strictness of results; which conditions a stopped flow broke."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.checks.asking import broken
from eksclave.checks.prove import prove
from eksclave.checks.result import Result, StoppedAt, answer
from eksclave.checks.strict import strictly
from eksclave.reach.answer import Disposition, Hop, HopKind, Outcome, Trace
from eksclave.reach.facts.values import Origin, Unknown

from tests.unit.checks.views import changed, facts

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def one(id="N4", outcome=FAIL, impact="boot", **parts):
    return replace(Result(id, outcome, "aws_eks_cluster.a", impact=impact), **parts)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [((PASS,), PASS), ((PASS, UNKNOWN), UNKNOWN), ((PASS, UNKNOWN, FAIL), FAIL), ((), PASS)],
)
def test_the_worst_result_is_the_verdict(outcomes, verdict):
    assert answer([one(f"N{n}", outcome) for n, outcome in enumerate(outcomes, 1)]).verdict is verdict


def test_fails_come_first_then_what_stops_a_boot_then_numbers_as_numbers():
    listed = [
        one("N10"),
        one("N4"),
        one("P1", impact="access"),
        one("R1", impact="apply"),
        one("B1", impact="degraded"),
        one("N2", UNKNOWN),
        one("D2", PASS),
    ]
    told = [result.requirement for result in answer(reversed(listed)).results]
    assert told == ["N4", "N10", "R1", "P1", "B1", "N2", "D2"]


def test_one_requirement_asked_of_two_parties_is_answered_twice():
    two = [one(source="nodes", destination="s3"), one(source="pods", destination="s3")]
    assert len(answer([*two, *two]).results) == 2
    assert len(answer([two[0], replace(two[0], stopped_at=(StoppedAt("aws_route.x"),))]).results) == 2


def test_strict_doubts_passes_alone():
    read = ("aws_x.y: read so",)
    told = strictly(answer([one("N1", PASS, readings=read), one("N2", FAIL, readings=read, reason="no route")]))
    assert [(result.requirement, result.outcome) for result in told.results] == [("N2", FAIL), ("N1", UNKNOWN)]
    assert told.results[0].reason == "no route" and "read so" in told.results[1].reason


def test_what_applies_and_was_asked_of_nobody_is_listed():
    assert prove(facts()).asked_nothing == ()
    gone = prove(replace(facts(), instances=()), [_feature("bastion")])
    assert "B1" in gone.asked_nothing


def _feature(word):
    from eksclave.catalog.features import find_feature

    return find_feature(word)


def stopped(kind, disposition, outcome=FAIL, detail=""):
    return Trace(disposition, (Hop(kind, outcome, Origin("x"), detail),), "a", "b")


@pytest.mark.parametrize(
    ("trace", "ids"),
    [
        (stopped(HopKind.SOURCE_NACL_OUT, Disposition.DENIED_BY_NACL), ("R4",)),
        (stopped(HopKind.RETURN_NACL_IN, Disposition.DENIED_BY_NACL), ("R4", "C13")),
        (stopped(HopKind.RETURN_NACL_OUT, Disposition.DENIED_BY_NACL), ("R4", "C13")),
        (stopped(HopKind.SOURCE_GROUP, Disposition.DENIED_BY_SECURITY_GROUP), ("R11",)),
        (stopped(HopKind.DESTINATION_GROUP, Disposition.DENIED_BY_SECURITY_GROUP), ("R10",)),
        (stopped(HopKind.ROUTE_OUT, Disposition.NO_ROUTE), ("R3",)),
        (stopped(HopKind.RESOLVE, Disposition.NO_RESOLVER, detail="enable_dns_support is false"), ("D2",)),
        (stopped(HopKind.RESOLVE, Disposition.NO_RESOLVER, detail="no DNS servers"), ("D4",)),
        (stopped(HopKind.RESOLVE, Disposition.NO_ENDPOINT_INTERFACE), ("R15",)),
    ],
)
def test_where_a_flow_stops_tells_which_condition_is_broken(trace, ids):
    assert broken(trace, to_endpoint=True) == ids


def test_a_group_of_no_endpoint_is_no_closed_endpoint():
    assert broken(stopped(HopKind.DESTINATION_GROUP, Disposition.DENIED_BY_SECURITY_GROUP)) == ()


def test_what_is_not_decided_breaks_no_condition():
    hidden = changed(facts(), "nacls", incomplete="only read")
    told = [result for result in prove(hidden).results if result.outcome is UNKNOWN]
    assert told and not any(result.because or result.fix or result.packet for result in told)
    unclear = changed(facts(), "endpoints", private_dns=Unknown("known after apply"))
    assert not any(result.because for result in prove(unclear).results if result.outcome is not FAIL)


@pytest.mark.parametrize("egress", [True, False])
def test_an_acl_that_was_emptied_is_mended_once_not_port_by_port(egress):
    of = facts()
    kept = tuple(entry for entry in of.nacls[0].entries if entry.egress is not egress)
    told = [one for one in prove(changed(of, "nacls", entries=kept)).results if one.outcome is FAIL]
    fixes = {one.fix for one in told if one.requirement in ("C1", "C2", "C4", "C10", "N1")}
    (fix,) = fixes
    assert 'allow every port (protocol "-1")' in fix and ("outbound" if egress else "inbound") in fix
    cidr = of.vpcs[0].cidrs[0]
    entry = replace(of.nacls[0].entries[0], number=1, egress=egress, allow=True, protocol="all", cidr=cidr, ports=None)
    mended = prove(changed(of, "nacls", entries=(*kept, entry))).results
    assert {one.outcome for one in mended if one.requirement in ("C1", "C2", "C4", "C10", "N1")} == {PASS}

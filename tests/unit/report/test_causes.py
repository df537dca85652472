"""One cause is told once, with all that it breaks; nothing is lost and nothing unrelated is joined."""

from __future__ import annotations

from dataclasses import replace

from eksclave.checks.result import Answer, Packet, Result, StoppedAt
from eksclave.reach.answer import Outcome
from eksclave.report import render
from eksclave.report.causes import causes

ACL = StoppedAt("aws_network_acl.nodes", None, "outbound entry 90 denies")
PACKET = Packet("10.0.0.4", 32768, "10.0.1.4", 443, "tcp", "request")
FLOW = Result(
    "N1",
    Outcome.FAIL,
    "aws_eks_cluster.a",
    "nodes",
    "ec2",
    because=("R4",),
    packet=PACKET,
    stopped_at=(ACL,),
    reason="denied",
    symptom="timeout",
    fix="add an entry",
)
CONDITION = replace(FLOW, requirement="R4", because=(), packet=None, source="", destination="", reason="stops N1, N2")


def test_a_line_that_breaks_many_flows_is_told_once_by_the_condition_that_they_name():
    flows = [replace(FLOW, requirement=f"N{number}", destination=f"service {number}") for number in range(1, 5)]
    (cause,) = causes([*flows, CONDITION])
    assert cause.head is CONDITION
    assert [one.split()[0] for one in cause.breaks] == ["N1", "N2", "N3", "N4"]
    assert cause.because == ()
    assert [stop.address for stop in cause.places] == ["aws_network_acl.nodes"]


def test_one_sentence_about_many_endpoints_is_one_cause_with_all_its_places():
    zones = [
        replace(CONDITION, requirement="R15", reason="a and b are both in one zone", fix=f"remove b from {name}")
        for name in ("x", "y")
    ]
    zones = [replace(one, stopped_at=(StoppedAt(f"endpoint {at}"),)) for at, one in enumerate(zones)]
    (cause,) = causes(zones)
    assert [stop.address for stop in cause.places] == ["endpoint 0", "endpoint 1"]


def test_other_fixes_outcomes_and_clusters_are_other_causes():
    others = [
        replace(FLOW, requirement="N2", reason="b", fix="add another entry"),
        replace(FLOW, requirement="N3", reason="c", outcome=Outcome.UNKNOWN, fix=None),
        replace(FLOW, requirement="N4", reason="d", cluster="aws_eks_cluster.b"),
    ]
    found = causes([FLOW, *others, replace(FLOW, outcome=Outcome.PASS)])
    assert [one.head.requirement for one in found] == ["N1", "N2", "N3", "N4"]


def test_results_that_join_two_causes_make_them_one():
    one = replace(FLOW, requirement="N1", reason="a", fix="first")
    two = replace(FLOW, requirement="N1", reason="b", fix="second")
    both = replace(FLOW, requirement="N1", reason="b", fix="first")
    (cause,) = causes([one, two, both])
    assert len(cause.results) == 3


def test_text_and_markdown_print_a_cause_once_and_json_every_result():
    flows = [replace(FLOW, requirement=f"N{number}", destination=f"service {number}") for number in range(1, 13)]
    answer = Answer((*flows, CONDITION))
    for format in ("text", "markdown"):
        text = render(answer, format)
        assert text.count("add an entry") == 1
        assert "N1 ec2-unreachable: nodes → service 1" in text
        assert "4 more; --format json lists them" in text
    assert render(answer, "json").count('"add an entry"') == 13

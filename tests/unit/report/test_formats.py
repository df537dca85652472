"""Every format says the same, keeps its schema, and puts the worst first."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from eksclave.checks.result import Advice, Packet, Result, StoppedAt, answer
from eksclave.checks.waivers import Waiver, waive
from eksclave.reach.answer import Outcome
from eksclave.report import FORMATS, render
from eksclave.report.schema import answer_schema

CLUSTER = "aws_eks_cluster.main"
FAIL = Result(
    "N4",
    Outcome.FAIL,
    CLUSTER,
    "nodes of aws_eks_node_group.main",
    "s3 <bucket> & more",
    "boot",
    ("R11",),
    Packet("10.0.0.4", 1024, "1.0.0.0", 443, "tcp", "request"),
    (StoppedAt('aws_security_group.node["a"]', "app/node", "no egress rule allows it"),),
    "no egress rule of aws_security_group.node allows to tcp 1.0.0.0:443",
    "the layer's GET times out",
    "add an egress rule",
    ("the prefix list of S3 holds S3's ranges",),
)
UNKNOWN = replace(
    FAIL, requirement="R6", outcome=Outcome.UNKNOWN, packet=None, fix=None, reason="the role is not known"
)
PASS = Result("D2", Outcome.PASS, CLUSTER, reason="enable_dns_support is true")
WAIVED = replace(FAIL, requirement="P4", stopped_at=(StoppedAt("aws_security_group.open"),), packet=None, because=())


def whole():
    found = answer(
        [PASS, UNKNOWN, WAIVED, FAIL], ["C9"], [Advice("D8", CLUSTER, "data.tls_certificate.x", "run outside")]
    )
    accepted = Waiver("P4", "aws_security_group.*", "a lab", date(2027, 1, 31), "waivers.yaml [0]")
    return waive(found, [accepted], date(2026, 11, 23))


def test_the_json_answer_keeps_its_published_schema():
    told = json.loads(render(whole(), "json"))
    jsonschema.Draft202012Validator(answer_schema()).validate(told)
    assert told["schema_version"] == 1
    assert told["verdict"] == "fail"
    assert [one["requirement"] for one in told["results"]] == ["N4", "R6", "D2"]
    assert told["results"][0]["packet"]["direction"] == "request"
    assert told["waived"][0]["waiver"] == {"reason": "a lab", "until": "2027-01-31"}


def test_the_schema_refuses_an_answer_that_lacks_a_field():
    told = json.loads(render(whole(), "json"))
    del told["results"][0]["because"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(answer_schema()).validate(told)


def test_sarif_keeps_its_standard_and_suppresses_what_is_waived():
    schema = json.loads((Path(__file__).parent / "sarif.schema.json").read_text())
    told = json.loads(render(whole(), "sarif"))
    jsonschema.Draft202012Validator(schema).validate(told)
    results = told["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [("N4", "error"), ("R6", "warning"), ("P4", "error")]
    assert "suppressions" in results[2] and "suppressions" not in results[0]
    rules = told["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in results)


def test_sarif_says_what_code_scanning_asks_for():
    """GitHub docs, SARIF support: a file and a fingerprint for every result, help for every rule."""
    told = json.loads(render(whole(), "sarif", "plans/plan.json"))["runs"][0]
    for one in told["results"]:
        place = one["locations"][0]["physicalLocation"]
        assert place == {"artifactLocation": {"uri": "plans/plan.json"}, "region": {"startLine": 1}}
        assert 0 < len(one["message"]["text"]) < 1000
    prints = [one["partialFingerprints"]["primaryLocationLineHash"] for one in told["results"]]
    assert len(set(prints)) == len(prints)
    again = json.loads(render(whole(), "sarif", "elsewhere.json"))["runs"][0]["results"]
    assert [one["partialFingerprints"]["primaryLocationLineHash"] for one in again] == prints
    assert "Fix: add an egress rule" in told["results"][0]["message"]["text"]
    for rule in told["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]


@pytest.mark.parametrize(
    ("read", "uri"),
    [("-", "stdin.json"), ("/tmp/a/p.json", "p.json"), ("../p.json", "p.json"), ("./a/p.json", "a/p.json")],
)
def test_sarif_names_the_input_below_the_repository(read, uri):
    told = json.loads(render(whole(), "sarif", read))["runs"][0]["results"][0]
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_markdown_fits_a_comment_with_the_worst_first():
    many = [
        replace(
            FAIL, requirement=f"N{n % 30 + 1}", source=f"nodes {n}", reason=f"reason {n} " + "x" * 900, fix=f"fix {n}"
        )
        for n in range(200)
    ]
    notes = [Advice("note", CLUSTER, f"aws_subnet.a[{n}]", "y" * 200) for n in range(400)]
    text = render(answer([*many, UNKNOWN], [], notes), "markdown")
    assert len(text.encode()) < 65_536
    assert "more findings do not fit here" in text and "397 more assumptions about the input" in text
    assert text.index("### N1 ") < text.index("more findings")


def test_junit_counts_what_it_lists_and_escapes_what_it_quotes():
    suite = xml.fromstring(render(whole(), "junit"))[0]
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases)) == "4"
    assert [len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")] == [1, 1, 1]
    assert "s3 <bucket> & more" in cases[0].get("name")


def test_text_says_verdict_then_worst_then_counts():
    lines = render(whole(), "text").splitlines()
    assert lines[0].startswith("fail")
    assert lines[2].startswith("error[N4 s3-unreachable]: no egress rule")
    assert '  --> aws_security_group.node["a"]  (construct app/node)' in lines
    assert "   = packet: 10.0.0.4:1024 → 1.0.0.0:443 tcp (request)" in lines
    assert lines.index("unknown[R6 node-policy-missing]: the role is not known") > lines.index(lines[2])
    assert "3 requirements asked 4 questions: 1 pass, 1 fail, 1 unknown, 1 waived" in lines
    assert lines[-1] == "asked nothing: C9"
    assert "  P4 open-ingress at aws_security_group.open (a lab, until 2027-01-31)" in lines


def test_what_is_waived_keeps_its_day_in_junit():
    skipped = xml.fromstring(render(whole(), "junit"))[0].find("testcase/skipped")
    assert skipped.get("message") == "a lab (until 2027-01-31)"


def test_markdown_names_every_finding_and_waiver():
    text = render(whole(), "markdown")
    assert text.startswith("# eksclave prove: fail")
    assert all(word in text for word in ("N4 s3-unreachable", "R6 node-policy-missing", "| P4 |", "C9"))


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_answer_can_be_rendered(format):
    assert render(answer([]), format).endswith("\n")


def test_the_order_of_results_does_not_depend_on_the_order_of_asking():
    one, other = answer([PASS, FAIL, UNKNOWN]), answer([UNKNOWN, FAIL, PASS])
    assert render(one, "json") == render(other, "json")


def test_the_same_finding_twice_is_said_once_with_every_cause():
    found = answer([FAIL, replace(FAIL, because=("C13",))])
    assert [one.because for one in found.results] == [("R11", "C13")]

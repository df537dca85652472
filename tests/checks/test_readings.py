"""An answer says how the input was read where its answer rests on it, and `--strict` takes no such pass."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
from click.testing import CliRunner
from eksclave.checks.prove import prove
from eksclave.checks.strict import strictly
from eksclave.cli import app
from eksclave.reach.answer import Outcome
from eksclave.report import render
from eksclave.report.schema import answer_schema

ASSOCIATION = "aws_route_table_association.a"
SAID = 'uses "a" of aws_route_table.private: the plan does not keep the index'
FAR = "aws_route_table_association.elsewhere"


def _proved(facts, *assumed):
    return prove(replace(facts("flat"), assumed=assumed))


def test_a_flow_says_how_its_subnets_association_was_read(facts):
    answer = _proved(facts, (ASSOCIATION, "route_table_id", SAID), (FAR, "route_table_id", SAID))
    (s3, *_) = [one for one in answer.results if one.requirement == "N4"]
    assert s3.assumptions.count(f"{ASSOCIATION}.route_table_id: {SAID}") == 1
    assert not any(FAR in text for one in answer.results for text in one.assumptions)
    jsonschema.Draft202012Validator(answer_schema()).validate(answer.as_json())


def test_rules_for_other_ports_and_directions_are_left_out(facts):
    answer = _proved(facts, ("aws_vpc_security_group_ingress_rule.endpoints_https", "security_group_id", SAID))
    resting = {one.requirement for one in answer.results if one.readings}
    assert {"N1", "N3"} <= resting and not resting & {"C4", "C10", "B1"}


def test_every_rule_that_may_let_the_source_out_counts_not_the_deciding_one_alone(facts):
    answer = _proved(facts, ("aws_vpc_security_group_egress_rule.bastion_s3", "security_group_id", SAID))
    resting = {one.requirement for one in answer.results if one.readings}
    assert {"B1", "B2"} <= resting and not resting & {"C1", "N1", "N3"}


def test_a_condition_says_how_its_role_was_read(facts):
    answer = _proved(facts, ("aws_iam_role_policy_attachment.node_worker", "role", SAID))
    assert {one.requirement for one in answer.results if one.readings} == {"R6"}


def test_strict_takes_no_pass_that_rests_on_a_reading(facts):
    answer = _proved(facts, (ASSOCIATION, "route_table_id", SAID))
    assert answer.verdict is Outcome.PASS
    strict = strictly(answer)
    unknown = [one for one in strict.results if one.outcome is Outcome.UNKNOWN]
    assert {one.requirement for one in unknown} == {one.requirement for one in answer.results if one.readings}
    assert all(ASSOCIATION in one.reason for one in unknown)
    assert strict.results[0].outcome is Outcome.UNKNOWN
    assert strictly(_proved(facts)).verdict is Outcome.PASS


def test_text_counts_what_it_does_not_list(facts):
    answer = _proved(facts, *((ASSOCIATION, "route_table_id", f"{SAID} {number}") for number in range(5)))
    assert "pass only as the input was read" in render(answer, "text")
    shown = render(strictly(answer), "text")
    assert "read as: 2 more; --format json lists them" in shown


def test_the_flag_reaches_the_answer():
    done = CliRunner().invoke(app, ["prove", "tests/corpus/modules/plan.json", "--strict"])
    assert done.exit_code == 1 and "passes only if the input was read rightly" in done.output


def test_who_the_nodes_are_says_nothing_about_their_packets(facts):
    answer = _proved(facts, ("aws_eks_node_group.main", "node_role_arn", SAID))
    assert {one.requirement for one in answer.results if one.readings} == {"R6"}

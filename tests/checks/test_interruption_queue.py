"""Karpenter's interruption queue is seen in the plan itself, not only in the chart's values."""

from __future__ import annotations

import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.features import view_of
from eksclave.reach.answer import Outcome

QUEUE = "aws_sqs_queue.interruption"
UNNAMED = [{"set": QUEUE, "values": {"name": "events"}}]


def test_the_controllers_policy_names_the_queue(facts, case):
    (queue,) = facts("karpenter", UNNAMED).queues
    assert queue.grants == ("aws_iam_role_policy.karpenter",)
    broken = case("karpenter", [*UNNAMED, {"drop": 'aws_vpc_endpoint.main["sqs"]'}])
    assert {one.requirement for one in broken.results if one.outcome is Outcome.FAIL} == {"N16"}


def _reads(facts, steps: list[dict]) -> bool:
    found = facts("karpenter", steps)
    return Feature.KARPENTER_INTERRUPTION in view_of(found, found.clusters[0]).features


ELSEWHERE = [*UNNAMED, {"drop": "aws_iam_role_policy.karpenter"}]
RULE = {
    "add": "aws_cloudwatch_event_rule.spot",
    "values": {"name": "spot", "event_pattern": '{"detail-type":["EC2 Spot Instance Interruption Warning"]}'},
}
TARGET = {
    "add": "aws_cloudwatch_event_target.spot",
    "values": {"rule": "spot"},
    "references": {"arn": [f"{QUEUE}.arn", QUEUE]},
}


@pytest.mark.parametrize(
    ("steps", "reads"),
    [
        (ELSEWHERE, False),
        ([*ELSEWHERE, RULE, TARGET], True),
        ([*ELSEWHERE, {"set": QUEUE, "values": {"name": "prod-karpenter"}}], True),
    ],
)
def test_its_name_and_its_events_are_signs_too(facts, steps, reads):
    assert _reads(facts, steps) is reads

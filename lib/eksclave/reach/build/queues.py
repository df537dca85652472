"""SQS queues: who may read them, and whether warnings of spot interruptions are sent there."""

from __future__ import annotations

from eksclave.reach.build.base import Build, once
from eksclave.reach.facts.clusters import Queue
from eksclave.reach.facts.values import AFTER_APPLY
from eksclave.terraform.model import Resource

_QUEUE = "aws_sqs_queue"
_GRANTS = ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
_BETWEEN = ("aws_iam_policy", "aws_iam_policy_document")
_WARNING = "EC2 Spot Instance Interruption Warning"


def queues(build: Build) -> tuple[Queue, ...]:
    """Return the queues that the input makes or reads."""
    granted = {one.address: _named(build, one) for one in build.of(*_GRANTS)}
    warned = _warned(build)
    return once(
        Queue(
            queue.address,
            build.origin(queue),
            build.text(queue.get("name"), AFTER_APPLY),
            tuple(sorted(grant for grant, named in granted.items() if queue.address in named)),
            queue.address in warned,
        )
        for queue in build.of(_QUEUE, data=True)
    )


def _named(build: Build, resource: Resource) -> set[str]:
    """Return what a policy refers to, over the documents and policies that it is made of."""
    found: set[str] = set()
    todo = [resource]
    while todo:
        for address in todo.pop().waits_for:
            other = build.world.resources.get(address)
            if other is not None and address not in found:
                found.add(address)
                todo += [other] if other.type in _BETWEEN else []
    return found


def _warned(build: Build) -> set[str]:
    """Return the queues that are targets of a rule which matches spot interruptions."""
    rules: set[object] = set()
    for rule in build.of("aws_cloudwatch_event_rule"):
        if _WARNING in str(rule.get("event_pattern")):
            rules |= {rule.address, rule.get("name") if isinstance(rule.get("name"), str) else rule.address}
    found: set[str] = set()
    for target in build.of("aws_cloudwatch_event_target"):
        if build.identity(target.get("rule"), "aws_cloudwatch_event_rule") in rules:
            found |= {*target.waits_for, build.identity(target.get("arn"), _QUEUE) or ""}
    return found

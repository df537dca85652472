"""A delete that can never succeed is ended; one that waits for a state is not."""

from __future__ import annotations

import json

import pytest

stalemate = pytest.importorskip("eksclave_emulator.stalemate", reason="moto is not installed")

DELETE = {
    "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=X/20260101/eu-central-1/ec2/aws4_request",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
}
REFUSED = (
    b"<Response><Errors><Error><Code>DependencyViolation</Code><Message>in use</Message></Error></Errors></Response>"
)


def test_the_same_refusal_is_taken_for_a_wait_until_patience_ends() -> None:
    now = [0.0]
    watch = stalemate.Stalemate(lambda: now[0])
    ask = b"Action=DeleteSubnet&SubnetId=subnet-1"
    assert watch.seen(DELETE, ask, 400, REFUSED, {}) == ""
    now[0] = stalemate.PATIENCE - 1
    assert watch.seen(DELETE, ask, 400, REFUSED, {}) == ""
    assert watch.seen(DELETE, b"Action=DeleteSubnet&SubnetId=subnet-2", 400, REFUSED, {}) == ""
    now[0] = stalemate.PATIENCE + 1
    assert "DependencyViolation: in use" in watch.seen(DELETE, ask, 400, REFUSED, {})


def test_other_errors_and_other_actions_are_left_alone() -> None:
    now = [0.0]
    watch = stalemate.Stalemate(lambda: now[0])
    for body in (b"Action=CreateSubnet", json.dumps({}).encode()):
        assert watch.seen(DELETE, body, 400, REFUSED, {}) == ""
        now[0] += 100
        assert watch.seen(DELETE, body, 400, REFUSED, {}) == ""

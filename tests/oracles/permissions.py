"""IAM's evaluation on small alphabets, by brute force, and policies to try it with.

Source: IAM user guide, policy evaluation logic and the references of the condition operators; VPC guide, gateway
endpoints (an account as the principal means its root user).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from eksclave.reach.facts.iam import Condition, Policy, Principal, Statement
from eksclave.reach.facts.values import Origin
from eksclave.reach.policies import Request
from hypothesis import strategies as st

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/node"
ACTIONS = ("s3:GetObject", "s3:PutObject", "ecr:BatchGetImage")
RESOURCES = ("arn:aws:s3:::one/key", "arn:aws:s3:::two/key", f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/a/b")
ACTION_PATTERNS = ("*", "s3:*", "s3:Get*", "S3:getobject", "s3:?etObject", "ecr:*", "ecr:BatchGetImage", "s3:Put*")
RESOURCE_PATTERNS = (
    "*",
    "arn:aws:s3:::one/*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::ONE/*",
    "arn:aws:s3:::???/key",
    f"arn:aws:ecr:*:{ACCOUNT}:repository/a/*",
    "arn:aws:s3:::two/key",
)
PRINCIPALS = (
    Principal("*", "*"),
    Principal("AWS", "*"),
    Principal("AWS", ACCOUNT),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:root"),
    Principal("AWS", f"arn:aws:iam::{OTHER}:root"),
    Principal("AWS", ROLE),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:role/other"),
    Principal("Service", "ec2.amazonaws.com"),
)
KEYS = ("aws:PrincipalArn", "aws:SourceVpc", "aws:PrincipalOrgID")
TEXTS = (ROLE, "arn:aws:iam::*:role/*", "vpc-1", "vpc-*", "o-abc", "O-ABC", "vpc-?")
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "ArnLike",
    "ArnNotLike",
)


@dataclass(frozen=True)
class PolicyCase:
    """A policy, what is asked of it, and whether the endpoint is a gateway."""

    policy: Policy
    request: Request
    gateway: bool


def allowed(case: PolicyCase) -> bool:
    """Return IAM's decision: any matching deny wins, else any matching allow, else denied."""
    effects = {one.effect for one in case.policy.statements if _matches(one, case)}
    return "Deny" not in effects and "Allow" in effects


def _glob(pattern: str, text: str) -> bool:
    parts = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _matches(statement: Any, case: PolicyCase) -> bool:
    action, resource = case.request.action.lower(), case.request.resource
    if statement.actions is not None and not any(_glob(one.lower(), action) for one in statement.actions):
        return False
    if statement.not_actions is not None and any(_glob(one.lower(), action) for one in statement.not_actions):
        return False
    if statement.resources is not None and not any(_glob(one, resource) for one in statement.resources):
        return False
    if statement.not_resources is not None and any(_glob(one, resource) for one in statement.not_resources):
        return False
    if not any(_is(one, case) for one in statement.principals or ()):
        return False
    return all(_holds(one, case) for one in statement.conditions)


def _is(principal: Principal, case: PolicyCase) -> bool:
    if principal.type == "*" or (principal.type == "AWS" and principal.value == "*"):
        return True
    if principal.type != "AWS" or case.request.principal is None:
        return False
    if principal.value in (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"):
        return not case.gateway
    return principal.value == case.request.principal


def _holds(condition: Any, case: PolicyCase) -> bool:
    operator = condition.operator
    found: Any = dict(case.request.context).get(condition.key.lower())
    if condition.key == "aws:PrincipalArn":
        found = None if case.request.principal is None else (case.request.principal,)
    if operator == "Null":
        return any((found is None) == (wanted == "true") for wanted in condition.values)
    if operator.endswith("IfExists"):
        if found is None:
            return True
        operator = operator.removesuffix("IfExists")
    negated = "Not" in operator
    if found is None:
        return negated
    plain = operator.replace("Not", "")
    hit = any(_equal(plain, wanted, found[0]) for wanted in condition.values)
    return hit is not negated


def _equal(operator: str, wanted: str, actual: str) -> bool:
    if operator == "StringEquals":
        return wanted == actual
    if operator == "StringEqualsIgnoreCase":
        return wanted.lower() == actual.lower()
    return _glob(wanted, actual)


@st.composite
def policy_cases(draw: Any) -> PolicyCase:
    """Draw a policy of a few statements and a request of which everything is known."""
    statements = tuple(draw(_statement(number)) for number in range(draw(st.integers(1, 3))))
    gateway = draw(st.booleans())
    web = draw(st.integers(0, 4)) == 0
    context = [
        (key.lower(), draw(st.sampled_from(((text,), None))))
        for key, text in zip(KEYS[1:], ("vpc-1", "o-abc"), strict=True)
    ]
    if web:
        context.append(("aws:principalarn", None))
    request = Request(
        draw(st.sampled_from(ACTIONS)),
        draw(st.sampled_from(RESOURCES)),
        None if web else ROLE,
        ACCOUNT,
        tuple(context),
    )
    if gateway:
        named = frozenset((ROLE, f"arn:aws:iam::{ACCOUNT}:role/other"))
        statements = tuple(one for one in statements if not named & {each.value for each in one.principals or ()})  # type: ignore[union-attr]
    return PolicyCase(Policy(statements, Origin("policy")), request, gateway)


@st.composite
def _statement(draw: Any, number: int) -> Statement:
    actions = tuple(draw(st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=2)))
    resources = tuple(draw(st.lists(st.sampled_from(RESOURCE_PATTERNS), min_size=1, max_size=2)))
    principals = (PRINCIPALS[0],) if draw(st.booleans()) else (draw(st.sampled_from(PRINCIPALS)),)
    turn, swap = draw(st.integers(0, 3)) == 0, draw(st.integers(0, 3)) == 0
    return Statement(
        "Allow" if draw(st.integers(0, 3)) else "Deny",
        Origin(f"statement[{number}]"),
        actions=None if turn else actions,
        not_actions=actions if turn else None,
        resources=None if swap else resources,
        not_resources=resources if swap else None,
        principals=principals,
        conditions=tuple(draw(st.lists(_condition(), max_size=2))),
    )


@st.composite
def _condition(draw: Any) -> Condition:
    key = draw(st.sampled_from(KEYS))
    if draw(st.integers(0, 6)) == 0:
        return Condition("Null", key, (draw(st.sampled_from(("true", "false"))),))
    operator = draw(st.sampled_from(OPERATORS))
    arns = tuple(text for text in TEXTS if text.startswith("arn:"))
    if operator.startswith("Arn"):
        key = "aws:PrincipalArn"
    values = draw(st.lists(st.sampled_from(arns if operator.startswith("Arn") else TEXTS), min_size=1, max_size=2))
    return Condition(operator + ("IfExists" if draw(st.integers(0, 3)) == 0 else ""), key, tuple(values))

"""IAM's evaluation on small alphabets, by brute force, and policies to try it with.

Source: IAM user guide, policy evaluation logic and the references of the condition operators; VPC guide, gateway
endpoints (an account as the principal means its root user).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from eksclave.reach.facts.iam import Condition, Policy, Principal, Statement
from eksclave.reach.facts.values import Origin
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
CARRIED = {
    "aws:SourceVpc": ("vpc-1",),
    "aws:SourceVpce": ("vpce-1",),
    "aws:PrincipalOrgID": ("o-abc",),
    "aws:ResourceAccount": (OTHER,),
    "aws:SecureTransport": ("true",),
    "aws:TagKeys": ("team", "stage"),
    "aws:SourceIp": ("10.0.0.9",),
}
KEYS = ("aws:PrincipalArn", "aws:PrincipalAccount", *CARRIED)
TEXTS = (
    ROLE,
    "arn:aws:iam::*:role/*",
    "vpc-1",
    "vpc-*",
    "o-abc",
    "O-ABC",
    "vpc-?",
    "vpce-1",
    ACCOUNT,
    OTHER,
    "team",
    "x",
)
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "ArnLike",
    "ArnNotLike",
    "ArnEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
)


@dataclass(frozen=True)
class Call:
    """One call of which everything is known: condition keys in lower case with their values, none where it lacks a key."""

    action: str
    resource: str
    principal: str | None
    account: str
    context: Mapping[str, tuple[str, ...]]
    gateway: bool = False


@dataclass(frozen=True)
class PolicyCase:
    """A policy, and what is asked of it."""

    policy: Policy
    call: Call


def allowed(case: PolicyCase) -> bool:
    """Return IAM's decision on a case."""
    return allows(case.policy, case.call)


def allows(policy: Policy, call: Call) -> bool:
    """Return IAM's decision: any matching deny wins, else any matching allow, else denied."""
    effects = {one.effect for one in policy.statements if _matches(one, call)}
    return "Deny" not in effects and "Allow" in effects


def _glob(pattern: str, text: str) -> bool:
    parts = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _matches(statement: Any, call: Call) -> bool:
    action, resource = call.action.lower(), call.resource
    if statement.actions is not None and not any(_glob(one.lower(), action) for one in statement.actions):
        return False
    if statement.not_actions is not None and any(_glob(one.lower(), action) for one in statement.not_actions):
        return False
    if statement.resources is not None and not any(_glob(one, resource) for one in statement.resources):
        return False
    if statement.not_resources is not None and any(_glob(one, resource) for one in statement.not_resources):
        return False
    if statement.not_principals is not None:
        if any(_is(one, call) for one in statement.not_principals):
            return False
    elif not any(_is(one, call) for one in statement.principals or ()):
        return False
    return all(_holds(one, call) for one in statement.conditions)


def _is(principal: Principal, call: Call) -> bool:
    if principal.type == "*" or (principal.type == "AWS" and principal.value == "*"):
        return True
    if principal.type != "AWS" or call.principal is None:
        return False
    if principal.value in (call.account, f"arn:aws:iam::{call.account}:root"):
        return not call.gateway
    return principal.value == call.principal


def _holds(condition: Any, call: Call) -> bool:
    found = call.context.get(condition.key.lower(), ())
    quantifier, _, operator = condition.operator.rpartition(":")
    if operator == "Null":
        return any((not found) == (wanted == "true") for wanted in condition.values)
    if operator.endswith("IfExists"):
        if not found:
            return True
        operator = operator.removesuffix("IfExists")
    negated, plain = "Not" in operator, operator.replace("Not", "")
    each = [any(_equal(plain, wanted, one) for wanted in condition.values) is not negated for one in found]
    if quantifier == "ForAllValues":
        return all(each)
    if quantifier == "ForAnyValue":
        return any(each)
    return negated if not found else each[0]


def _equal(operator: str, wanted: str, actual: str) -> bool:
    if operator == "StringEquals":
        return wanted == actual
    if operator in ("StringEqualsIgnoreCase", "Bool"):
        return wanted.lower() == actual.lower()
    if operator == "IpAddress":
        return ip_address(actual) in ip_network(wanted)
    return _glob(wanted, actual)


@st.composite
def policy_cases(draw: Any) -> PolicyCase:
    """Draw a policy of a few statements and a call of which everything is known."""
    statements = tuple(draw(_statement(number)) for number in range(draw(st.integers(1, 3))))
    gateway = draw(st.booleans())
    web = draw(st.integers(0, 4)) == 0
    context: dict[str, tuple[str, ...]] = (
        {} if web else {"aws:principalarn": (ROLE,), "aws:principalaccount": (ACCOUNT,)}
    )
    for key, values in CARRIED.items():
        context[key.lower()] = draw(st.sampled_from((values, values, ())))
    call = Call(
        draw(st.sampled_from(ACTIONS)),
        draw(st.sampled_from(RESOURCES)),
        None if web else ROLE,
        ACCOUNT,
        {key: values for key, values in context.items() if values},
        gateway,
    )
    if gateway:  # what a role's own name means in a gateway's policy is not documented
        statements = tuple(one for one in statements if not NAMED & {each.value for each in _named(one)})
    return PolicyCase(Policy(statements, Origin("policy")), call)


NAMED = frozenset((ROLE, f"arn:aws:iam::{ACCOUNT}:role/other"))


def _named(statement: Any) -> tuple[Principal, ...]:
    return (*(statement.principals or ()), *(statement.not_principals or ()))


@st.composite
def _statement(draw: Any, number: int) -> Statement:
    actions = tuple(draw(st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=2)))
    resources = tuple(draw(st.lists(st.sampled_from(RESOURCE_PATTERNS), min_size=1, max_size=2)))
    principals = (PRINCIPALS[0],) if draw(st.booleans()) else (draw(st.sampled_from(PRINCIPALS)),)
    turn, swap, others = (draw(st.integers(0, 3)) == 0 for _ in range(3))
    return Statement(
        "Allow" if draw(st.integers(0, 3)) else "Deny",
        Origin(f"statement[{number}]"),
        actions=None if turn else actions,
        not_actions=actions if turn else None,
        resources=None if swap else resources,
        not_resources=resources if swap else None,
        principals=None if others else principals,
        not_principals=principals if others else None,
        conditions=tuple(draw(st.lists(_condition(), max_size=2))),
    )


@st.composite
def _condition(draw: Any) -> Condition:
    key = draw(st.sampled_from(KEYS))
    if draw(st.integers(0, 6)) == 0:
        return Condition("Null", key, (draw(st.sampled_from(("true", "false"))),))
    operator = draw(st.sampled_from(OPERATORS))
    texts: tuple[str, ...] = TEXTS
    if operator.startswith("Arn"):
        key, texts = "aws:PrincipalArn", tuple(text for text in TEXTS if text.startswith("arn:"))
    elif operator == "Bool":
        key, texts = "aws:SecureTransport", ("true", "false", "True")
    elif operator.endswith("IpAddress"):
        key, texts = "aws:SourceIp", ("10.0.0.0/8", "10.0.0.9/32", "192.0.2.0/24")
    elif key == "aws:SourceIp" or draw(st.integers(0, 4)) == 0:
        key, texts = "aws:TagKeys", ("team", "stage", "x", "t*")
    several = key == "aws:TagKeys" or draw(st.integers(0, 5)) == 0
    quantifier = draw(st.sampled_from(("ForAnyValue:", "ForAllValues:"))) if several else ""
    values = draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2))
    return Condition(f"{quantifier}{operator}{'IfExists' if draw(st.integers(0, 3)) == 0 else ''}", key, tuple(values))

"""IAM policy evaluation in three values: allowed, denied, or not decidable from the input.

Source: IAM user guide, policy evaluation logic and the elements' reference; endpoint policies: VPC user guide,
vpc-endpoints-access (a gateway's account principal means the root user alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Condition, Policy, Principal, Statement
from eksclave.reach.facts.values import HOLE, Value, choices

Truth = bool | None


@dataclass(frozen=True)
class Request:
    """One call. `context` holds the condition keys (lower case) that it carries: a text, or None where it has one that
    is not known; a key that is missing is not in the request. `anonymous` calls carry no principal. An empty `resource`
    stands for one that is not known."""

    action: str
    resource: str = "*"
    anonymous: bool = False
    principal: str = ""  # ARN where it is known
    gateway: bool = False
    context: Mapping[str, str | None] = field(default_factory=dict)


def decide_policy(policy: Policy, request: Request) -> tuple[Outcome, Statement | None]:
    """Return what a policy says to a request, and the statement that says it where there is one."""
    allowed: Truth = False
    maybe: Statement | None = None
    for statement in policy.statements:
        effects = choices(statement.effect) or ("Allow", "Deny")
        holds = _and(_matches(statement, request), True if len(effects) == 1 else None)
        if "Deny" in effects and holds is True:
            return Outcome.FAIL, statement
        if holds is None:
            maybe = maybe or statement
        if "Allow" in effects:
            allowed = _or(allowed, holds)
    denied_maybe = any(
        "Deny" in (choices(one.effect) or ("Deny",)) and _matches(one, request) is None for one in policy.statements
    )
    if allowed is True and not denied_maybe:
        return Outcome.PASS, None
    if allowed is False and not policy.incomplete:
        return Outcome.FAIL, None
    return Outcome.UNKNOWN, maybe


def _matches(statement: Statement, request: Request) -> Truth:
    truth = _and(_actions(statement, request.action), _resources(statement, request.resource))
    truth = _and(truth, _principals(statement, request))
    for condition in statement.conditions:
        if truth is False:
            return False
        truth = _and(truth, holds(condition, request))
    return truth


def _actions(statement: Statement, action: str) -> Truth:
    if statement.not_actions is not None:
        return _not(_listed(statement.not_actions, action.lower(), True))
    return _listed(statement.actions, action.lower(), True) if statement.actions is not None else None


def _resources(statement: Statement, resource: str) -> Truth:
    if not resource:
        return _some_resource(statement)
    if statement.not_resources is not None:
        return _not(_listed(statement.not_resources, resource, False))
    return _listed(statement.resources, resource, False) if statement.resources is not None else True


def _some_resource(statement: Statement) -> Truth:
    """The call names a resource that is not known: an Allow of narrower resources is taken to mean it, a Deny may."""
    found = choices(statement.resources) if statement.resources is not None else None
    everything = statement.resources is None or (found is not None and all("*" in many for many in found))
    if statement.not_resources is None and everything:
        return True
    return True if statement.effect == "Allow" else None


def _listed(patterns: Value[tuple[str, ...]], text: str, lower: bool) -> Truth:
    found = choices(patterns)
    if found is None:
        return None
    answers = {_any(like(one.lower() if lower else one, text) for one in many) for many in found}
    return answers.pop() if len(answers) == 1 else None


def like(pattern: str, text: str) -> Truth:
    """Match `*` and `?` as IAM does; a hole in the pattern may be anything, so it never decides for a match."""
    if text == "*" and pattern.strip("*"):
        return None if not pattern.replace(HOLE, "").strip("*") else False
    if _compiled(pattern.replace(HOLE, "*")).fullmatch(text) is None:
        return False
    return None if HOLE in pattern and not _compiled(pattern.replace(HOLE, "")).fullmatch(text) else True


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern), re.DOTALL)


def _principals(statement: Statement, request: Request) -> Truth:
    if statement.not_principals is not None:
        return None
    if statement.principals is None:
        return False
    found = choices(statement.principals)
    if found is None:
        return None
    answers = {_any(_principal(one, request) for one in many) for many in found}
    return answers.pop() if len(answers) == 1 else None


def _principal(one: Principal, request: Request) -> Truth:
    if one.value == "*" and one.type in ("*", "AWS"):
        return True
    if request.anonymous or one.type != "AWS":
        return False
    if re.fullmatch(r"\d{12}", one.value) or one.value.endswith(":root"):
        return False if request.gateway else _account(one.value, request)
    if not request.principal or HOLE in one.value or HOLE in request.principal:
        return None
    return one.value == request.principal


def _account(value: str, request: Request) -> Truth:
    own = request.context.get("aws:principalaccount")
    digits = re.search(r"\d{12}", value)
    return True if own is None or digits is None else digits[0] == own


NEGATED = re.compile(r"Not(Equals|Like)|NotIpAddress", re.IGNORECASE)


def holds(condition: Condition, request: Request) -> Truth:
    """Tell whether one condition line holds for the request."""
    operator = condition.operator.partition(":")[2] or condition.operator
    key = condition.key.lower()
    optional = operator.lower().endswith("ifexists")
    operator = operator[: -len("IfExists")] if optional else operator
    negated = bool(NEGATED.search(operator))
    present = key in request.context
    if operator.lower() == "null":
        values = choices(condition.values)
        return None if values is None else ("true" in {v.lower() for v in values[0]}) != present
    if not present:
        return True if optional or negated else False if key.startswith("aws:principal") and request.anonymous else None
    carried = request.context[key]
    if carried is None or not re.match(r"(String|Arn|Bool)", operator, re.IGNORECASE):
        return None
    listed = choices(condition.values)
    if listed is None:
        return None
    folded = "ignorecase" in operator.lower() or operator.lower() == "bool"
    glob = "like" in operator.lower() or operator.lower().startswith("arn")
    truth = _any(_value(one, carried, folded, glob) for one in listed[0])
    return _not(truth) if negated else truth


def _value(pattern: str, text: str, folded: bool, glob: bool) -> Truth:
    if text == "*own*":  # of the cluster's account or organisation, which the input does not name
        return True
    if text == "*new*":  # made by this configuration: no literal can name it yet
        return HOLE in pattern
    if folded:
        pattern, text = pattern.lower(), text.lower()
    if glob or HOLE in pattern:
        return like(pattern, text)
    return pattern == text


def _any(truths: Iterable[Truth]) -> Truth:
    result: Truth = False
    for truth in truths:
        result = _or(result, truth)
    return result


def _or(one: Truth, other: Truth) -> Truth:
    if one is True or other is True:
        return True
    return None if one is None or other is None else False


def _and(one: Truth, other: Truth) -> Truth:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _not(one: Truth) -> Truth:
    return None if one is None else not one

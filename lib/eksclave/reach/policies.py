"""Endpoint policies and role policies against one request: allowed, denied, or open.

Sources: IAM user guide, policy evaluation logic; VPC guide, gateway endpoints ("a principal written as an account
means the
root user only"); IAM user guide, STS endpoint policies (AssumeRoleWithWebIdentity has no aws:Principal keys); S3 and
ECR
guides on the layer bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from eksclave.reach.answer import Outcome
from eksclave.reach.conditions import Context, holds
from eksclave.reach.facts.iam import Policy, Principal, Role, Statement
from eksclave.reach.facts.values import NOT_IN_INPUT, OneOf, Origin, Unknown, Value, choices, why_unknown
from eksclave.reach.patterns import any_matches, either, every, matches, negate

PRINCIPAL_KEYS = ("aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths")
NOT_YOURS = "an account of AWS"


@dataclass(frozen=True)
class Request:
    """What is called: `ecr:BatchGetImage` on an ARN (with HOLE for parts not known) by a principal.

    `principal` is the ARN of the calling role or user, Unknown, or None for calls that carry none (web identity).
    `account` is the caller's. `context` holds condition keys in lower case: values, or None for a key that the request
    surely lacks; keys not listed are open. Principal keys follow from `principal` unless listed.
    """

    action: str
    resource: str
    principal: Value[str] | None = NOT_IN_INPUT
    account: Value[str] = NOT_IN_INPUT
    context: tuple[tuple[str, Value[tuple[str, ...]] | None], ...] = ()

    def keys(self) -> Context:
        """Return the condition keys of the request."""
        found: Context = {"aws:requestedregion": Unknown("not stated"), "aws:securetransport": ("true",)}
        if self.principal is None:
            found.update(dict.fromkeys(PRINCIPAL_KEYS))
            found["aws:principaltype"] = ("Anonymous",)
        else:
            found["aws:principalarn"] = _listed(self.principal)
            found["aws:principalaccount"] = _listed(self.account)
        found.update(self.context)
        return found


@dataclass(frozen=True)
class Decision:
    """Whether a policy lets a request pass; `origin` is the deciding statement or the policy.

    `bounded` tells that the role's own policies allow it, and its permissions boundary decides.
    """

    outcome: Outcome
    origin: Origin
    detail: str
    statement: Statement | None = field(default=None, compare=False)
    bounded: bool = field(default=False, compare=False)


def layer_request(bucket_arn: str) -> Request:
    """Return the download of an image layer: s3:GetObject on an object of ECR's bucket, which belongs to AWS.

    The URL is signed in advance, so whose principal keys it carries is not stated by AWS: left open.
    """
    owned = (("aws:resourceaccount", (NOT_YOURS,)), ("aws:resourceorgid", (NOT_YOURS,)))
    keys = tuple((key, Unknown("layer URLs are signed in advance")) for key in PRINCIPAL_KEYS)
    return Request("s3:GetObject", f"{bucket_arn}/layer", context=(*owned, *keys))


def web_identity_request(role_arn: str) -> Request:
    """Return the call that IRSA makes: no principal, so no aws:Principal keys."""
    return Request("sts:AssumeRoleWithWebIdentity", role_arn, principal=None)


def decide_endpoint(policy: Value[Policy | None], request: Request, gateway: bool, at: Origin) -> Decision:
    """Return whether an endpoint's policy lets the request pass; no policy allows everything."""
    found = choices(policy)
    if found is None:
        return Decision(Outcome.UNKNOWN, at, f"the endpoint policy is not known: {why_unknown(policy)}")
    answers = [_one(one, request, gateway, at) for one in found]
    if len({one.outcome for one in answers}) == 1:
        return answers[0]
    return Decision(Outcome.UNKNOWN, at, f"the endpoint policy is one of several: {why_unknown(policy)}")


def _one(policy: Policy | None, request: Request, gateway: bool, at: Origin) -> Decision:
    if policy is None:
        return Decision(Outcome.PASS, at, "no policy: full access")

    def meant(statement: Statement) -> bool | None:
        return _principals(statement, request, gateway)

    return _evaluate(policy.statements, policy.incomplete, request, meant, policy.origin)


def decide_role(role: Role, request: Request, managed: Callable[[str], Policy | None]) -> Decision:
    """Return whether the role's own policies allow the request; `managed` gives the documents of managed policies.

    A policy that is not known may allow what the others do not; that it denies what they allow is not considered, so
    whoever passes a role with hidden policies says so.
    """
    statements, why = list[Statement](), role.managed_incomplete
    for one in (*role.policies, *(_managed(arn, managed) for arn in role.managed)):
        if isinstance(one, Policy):
            statements += one.statements
            why = why or one.incomplete
        else:
            why = why or why_unknown(one) or "a policy is one of several"
    answer = _evaluate(statements, "", request, lambda _: True, role.origin)
    if why and answer.outcome is Outcome.FAIL and answer.statement is None:
        answer = Decision(Outcome.UNKNOWN, role.origin, f"{answer.detail}, and {why}")
    bounds = choices(role.boundary)
    if bounds is None and answer.outcome is Outcome.PASS:
        return Decision(Outcome.UNKNOWN, role.origin, "the permissions boundary is not known")
    for bound in bounds or ():
        if bound is not None and answer.outcome is Outcome.PASS:
            limit = _evaluate(bound.statements, bound.incomplete, request, lambda _: True, bound.origin)
            answer = answer if limit.outcome is Outcome.PASS else replace(limit, bounded=True)
    return answer


def decide(policy: Policy, request: Request, meant: Callable[[Statement], bool | None], at: Origin) -> Decision:
    """Return whether one policy allows the request; `meant` tells whether a statement's principals are the caller."""
    return _evaluate(policy.statements, policy.incomplete, request, meant, at)


def decide_trust(trust: Value[Policy | None], service: str, action: str, at: Origin) -> Decision:
    """Return whether a role's trust policy lets a service of AWS (`ec2.amazonaws.com`) make the call.

    The name that a service has in China alone (`ec2.amazonaws.com.cn`) counts as the same one.
    """
    if not isinstance(trust, Policy):
        return Decision(Outcome.UNKNOWN, at, f"its trust policy is not known: {why_unknown(trust) or 'none is given'}")
    unknown = ("aws:securetransport", *PRINCIPAL_KEYS)  # what a call of a service carries is not documented
    request = Request(action, "*", None, context=tuple((key, Unknown("of a service")) for key in unknown))

    def meant(statement: Statement) -> bool | None:
        if statement.not_principals is not None:
            return negate(_any_service(statement.not_principals, service))
        return _any_service(statement.principals, service) if statement.principals is not None else None

    return _evaluate(trust.statements, trust.incomplete, request, meant, trust.origin)


def _any_service(principals: Value[tuple[Principal, ...]], service: str) -> bool | None:
    answers = {either([_service(one, service) for one in many]) for many in choices(principals) or ()}
    return answers.pop() if len(answers) == 1 else None


def _service(one: Principal, service: str) -> bool | None:
    if one.type != "Service":
        return None if one.type == "*" else False
    return matches(one.value.removesuffix(".cn"), service, wild=False)


def _managed(arn: Value[str], managed: Callable[[str], Policy | None]) -> Value[Policy]:
    if not isinstance(arn, str):
        return Unknown(f"a managed policy is not known: {why_unknown(arn)}")
    return managed(arn) or Unknown(f"the document of {arn} is not in the input")


def _evaluate(
    statements: Iterable[Statement],
    incomplete: str,
    request: Request,
    meant: Callable[[Statement], bool | None],
    at: Origin,
) -> Decision:
    """An explicit deny wins, then an allow; what is open for a deny, or for the only allow, is open."""
    allows: list[tuple[bool | None, Statement]] = []
    open_deny: Statement | None = None
    for one in statements:
        applies = every([meant(one), _applies(one, request)])
        effects = {effect.lower() for effect in choices(one.effect) or ("allow", "deny")}
        if applies and effects == {"deny"}:
            return Decision(
                Outcome.FAIL, one.origin, f"{_named(one)} denies {request.action} on {_shown(request)}", one
            )
        if applies is not False and "deny" in effects:
            open_deny = open_deny or one
        if applies is not False and "allow" in effects:
            allows.append((applies if effects == {"allow"} else None, one))
    sure = next((one for applies, one in allows if applies), None)
    if sure and open_deny is None and not incomplete:
        return Decision(Outcome.PASS, sure.origin, f"{_named(sure)} allows {request.action}", sure)
    if not allows and not incomplete:
        return Decision(Outcome.FAIL, at, f"no statement allows {request.action} on {_shown(request)}")
    blamed = open_deny or (allows[0][1] if allows else None)
    why = f"whether {_named(blamed)} applies to {request.action} is open" if blamed else ""
    origin = blamed.origin if blamed else at
    return Decision(
        Outcome.UNKNOWN, origin, why if blamed and not incomplete else f"{why} {incomplete}".strip(), blamed
    )


def _named(statement: Statement) -> str:
    return f"the statement {statement.sid or statement.origin}"


def _shown(request: Request) -> str:
    return request.resource.replace("\x00", "…")


def _applies(statement: Statement, request: Request) -> bool | None:
    parts: list[bool | None] = []
    for patterns, text, fold, positive in (
        (statement.actions, request.action, True, True),
        (statement.not_actions, request.action, True, False),
        (statement.resources, request.resource, False, True),
        (statement.not_resources, request.resource, False, False),
    ):
        if patterns is not None:
            answer = any_matches(patterns, text, fold)
            parts.append(answer if positive else negate(answer))
    keys = request.keys()
    return every([*parts, *(holds(one, keys) for one in statement.conditions)])


def _principals(statement: Statement, request: Request, gateway: bool) -> bool | None:
    if statement.not_principals is not None:
        excluded = choices(statement.not_principals)
        return negate(_any_principal(excluded, request, gateway)) if excluded is not None else None
    if statement.principals is None:
        return False
    return _any_principal(choices(statement.principals), request, gateway)


def _any_principal(found: tuple[tuple[Principal, ...], ...] | None, request: Request, gateway: bool) -> bool | None:
    if found is None:
        return None
    answers = {either([_principal(one, request, gateway) for one in many]) for many in found}
    return answers.pop() if len(answers) == 1 else None


def _principal(one: Principal, request: Request, gateway: bool) -> bool | None:
    if one.value == "*" and one.type in ("*", "AWS"):
        return True
    if one.type != "AWS" or request.principal is None:
        return False
    account = one.value if one.value.isdigit() else _root_account(one.value)
    if account:
        return False if gateway else any_matches(_listed(request.account), account)
    if gateway:
        return None
    answers = {matches(one.value, arn, wild=False) for arn in choices(request.principal) or ("\x00",)}
    return answers.pop() if len(answers) == 1 else None


def _root_account(value: str) -> str:
    parts = value.split(":")
    return parts[4] if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root" else ""


def _listed(value: Value[str]) -> Value[tuple[str, ...]]:
    found = choices(value)
    if found is None:
        return Unknown(why_unknown(value))
    if len(found) == 1:
        return (found[0],)
    return OneOf(tuple((one,) for one in found), why_unknown(value))

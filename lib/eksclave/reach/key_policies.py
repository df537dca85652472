"""Key policies of KMS against one call: allowed, denied, or open.

Source: KMS developer guide, key policies (what no statement of a key's policy allows is denied, whatever an identity's
own policies say; a statement for the account's root lets these decide) and EC2 Auto Scaling user guide,
key-policy-requirements-EBS-encryption (its service-linked role has no rights on customer managed keys of its own).
"""

from __future__ import annotations

from eksclave.reach.facts.iam import Policy, Principal, Statement
from eksclave.reach.facts.values import HOLE, Origin, Unknown, choices
from eksclave.reach.patterns import either
from eksclave.reach.policies import PRINCIPAL_KEYS, Decision, Request, decide

AUTO_SCALING = ":role/aws-service-role/autoscaling.amazonaws.com/"
"""Stands in the ARN of Auto Scaling's service-linked role, whatever its suffix."""


def decide_key(policy: Policy, action: str, linked_role: str, at: Origin) -> Decision:
    """Return whether the policy lets a principal of the account make the call: whoever applies, or a linked role.

    With `linked_role` (a part of its ARN) a statement for the account's root does not count: the role has no policies
    that could use it. Without, any principal that is named may be who applies.
    """
    request = Request(action, "*", context=tuple((key, Unknown("of the caller")) for key in PRINCIPAL_KEYS))

    def meant(statement: Statement) -> bool | None:
        if statement.principals is None:
            return None
        found = choices(statement.principals)
        denies = statement.effect != "Allow"
        answers = {either([_is(one, linked_role, denies) for one in many]) for many in found or ()}
        return answers.pop() if len(answers) == 1 else None

    return decide(policy, request, meant, at)


def _is(one: Principal, linked_role: str, denies: bool) -> bool | None:
    if one.value == "*" and one.type in ("*", "AWS"):
        return True
    if one.type != "AWS":
        return None if one.type == "Service" and linked_role else False
    if HOLE in one.value:
        return None
    if one.value.endswith(":root") or one.value.isdigit():
        return denies or not linked_role
    return linked_role in one.value if linked_role else None

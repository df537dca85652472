"""The policies of KMS keys let EKS encrypt secrets, and Auto Scaling the volumes of nodes.

Why
    EKS makes a grant on the secrets' key in the name of who applies: a key policy that denies it, or allows it to
    nobody, stops the apply. Auto Scaling's service-linked role has no rights on customer managed keys: a policy that
    does not name it lets no node start.

Fix
    Allow kms:CreateGrant and kms:DescribeKey to the account's root; for volumes, allow
    AWSServiceRoleForAutoScaling to use the key and to create grants on it.

Source
    KMS developer guide, key policies; EC2 Auto Scaling user guide, key-policy-requirements-EBS-encryption; EKS best
    practices guide, data encryption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.keys import Key
from eksclave.reach.facts.values import choices, known_or, why_unknown
from eksclave.reach.key_policies import AUTO_SCALING, decide_key

ASKS = ("K1",)
_SECRETS = ("kms:DescribeKey", "kms:CreateGrant")
_VOLUMES = ("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the policies of the keys that the cluster and its node groups name. What is open is taken to be in order."""
    found = [(view.cluster.secrets_key, "", _SECRETS)] if view.cluster.secrets_key is not None else []
    templates = {known_or(group.launch_template, None) or "" for group in view.node_groups}
    for template in view.snapshot.launch_templates:
        if template.key in templates:
            found += [(key, AUTO_SCALING, _VOLUMES) for key in template.volume_keys]
    by_key = {key.key: key for key in view.snapshot.keys}
    named = {
        (by_key[one], role, calls) for value, role, calls in found for one in choices(value) or () if one in by_key
    }
    sure = {many[0] for value, _, _ in found if (many := choices(value)) is not None and len(many) == 1}
    wrong, assumed = 0, dict[str, None]()
    for key, role, calls in sorted(named, key=lambda one: (one[0].key, one[1])):
        for policy in choices(key.policy) or ():
            for result in _refused(view, key, policy, role, calls) if policy is not None else ():
                wrong += 1
                yield result if key.key in sure else _open(view, key, result)
        if choices(key.policy) in (None, (None,)):
            why = why_unknown(key.policy) or "none is given"
            assumed[f"the policy of {key.origin.address} allows what is called ({why})"] = None
    if named and not wrong:
        yield passes(view, "K1", "the keys' policies forbid nothing that EKS and Auto Scaling do", tuple(assumed))


def _open(view: View, key: Key, result: Result) -> Result:
    """Tell of a key that only some readings name that it is open."""
    return unsure(view, "K1", f"whether {key.origin.address} is the key is open: {result.reason}", key.origin)


def _refused(view: View, key: Key, policy: Policy, role: str, calls: tuple[str, ...]) -> Iterator[Result]:
    granted = role and any(role in known_or(one, role) for one in key.grantees)
    for call in calls:
        answer = decide_key(policy, call, role, policy.origin)
        if answer.outcome is Outcome.FAIL and not (granted and answer.statement is None):
            who = "Auto Scaling's service-linked role, which encrypts the volumes of nodes," if role else "who applies"
            said = f"denies {call} to {who}" if answer.statement else f"does not let {who} call {call}"
            whom = "AWSServiceRoleForAutoScaling" if role else "the account's root"
            fix = f"allow {', '.join(calls)} to {whom} in the policy of {key.origin.address}"
            if answer.statement:
                named = answer.statement.sid or str(answer.statement.origin)
                fix = f"narrow statement '{named}' of the policy of {key.origin.address}"
            yield fails(view, "K1", f"the policy of {key.origin.address} {said}", answer.origin, fix=fix)
            return

"""Endpoint policies beside a brute-force evaluation of IAM's rules, and with facts taken away."""

from __future__ import annotations

from dataclasses import replace

from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import OneOf, Origin, Unknown
from eksclave.reach.policies import Request, decide_endpoint
from hypothesis import event, given
from hypothesis import strategies as st

from tests.oracles.asking import depth
from tests.oracles.permissions import KEYS, PolicyCase, allowed, policy_cases

AT = Origin("endpoint")
PARTS = ("effect", "actions", "not_actions", "resources", "not_resources", "principals", "not_principals")


def request_of(case: PolicyCase) -> Request:
    """Return the call as the engine takes it; keys that it lacks are said to be lacking."""
    call = case.call
    context = tuple((key.lower(), call.context.get(key.lower())) for key in KEYS)
    return Request(call.action, call.resource, call.principal, call.account, context)


def decided(case: PolicyCase, policy: Policy) -> Outcome:
    return decide_endpoint(policy, request_of(case), case.call.gateway, AT).outcome


@depth(500)
@given(policy_cases())
def test_a_known_policy_is_decided_as_iam_does(case: PolicyCase) -> None:
    outcome = decided(case, case.policy)
    event(str(outcome))
    assert outcome is (Outcome.PASS if allowed(case) else Outcome.FAIL)


@depth(250)
@given(policy_cases(), st.data())
def test_a_hidden_part_of_a_policy_never_turns_the_answer_round(case: PolicyCase, data: st.DataObject) -> None:
    if not case.policy.statements:
        return
    one = data.draw(st.sampled_from(case.policy.statements))
    part = data.draw(st.sampled_from([name for name in PARTS if getattr(one, name) is not None]))
    hidden = replace(one, **{part: Unknown("hidden")})
    policy = replace(case.policy, statements=tuple(hidden if each is one else each for each in case.policy.statements))
    assert decided(case, policy) in (Outcome.UNKNOWN, Outcome.PASS if allowed(case) else Outcome.FAIL)


@depth(100)
@given(policy_cases(), policy_cases())
def test_one_of_two_policies_is_decided_only_where_both_agree(case: PolicyCase, other: PolicyCase) -> None:
    both = [allowed(replace(case, policy=one)) for one in (case.policy, other.policy)]
    if case.call.gateway != other.call.gateway:
        return
    answer = decide_endpoint(OneOf((case.policy, other.policy), "two"), request_of(case), case.call.gateway, AT).outcome
    wanted = {(True, True): Outcome.PASS, (False, False): Outcome.FAIL}.get((both[0], both[1]), Outcome.UNKNOWN)
    assert answer is wanted

"""Endpoint and role policies: what is allowed, denied, or open."""

from dataclasses import replace

import pytest
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Condition, Policy, Principal, Role, Statement
from eksclave.reach.facts.values import HOLE, OneOf, Unknown
from eksclave.reach.patterns import matches
from eksclave.reach.policies import Request, decide_endpoint, decide_role, layer_request, web_identity_request
from reach_world import at

EVERYONE = (Principal("*", "*"),)
PULL = Request("ecr:BatchGetImage", "arn:aws:ecr:eu-central-1:111122223333:repository/app", account="111122223333")
ROLE = "arn:aws:iam::111122223333:role/node"
LAYER = layer_request("arn:aws:s3:::prod-eu-central-1-starport-layer-bucket")


def say(effect="Allow", actions=("*",), resources=("*",), principals=EVERYONE, conditions=(), **changes):
    if "not_actions" in changes:
        actions = None
    if "not_resources" in changes:
        resources = None
    return (
        Statement(effect, at("s"), actions, None, resources, None, principals, None, tuple(conditions))
        if not changes
        else Statement(
            effect,
            at("s"),
            actions,
            changes.get("not_actions"),
            resources,
            changes.get("not_resources"),
            principals,
            changes.get("not_principals"),
            tuple(conditions),
        )
    )


def ask(*statements, request=PULL, gateway=False, incomplete=""):
    return decide_endpoint(Policy(statements, at("p"), incomplete), request, gateway, at("vpce")).outcome


def test_no_policy_is_full_access_and_an_empty_one_is_none():
    assert decide_endpoint(None, PULL, False, at("vpce")).outcome is Outcome.PASS
    assert ask() is Outcome.FAIL
    assert decide_endpoint(Unknown("x"), PULL, False, at("vpce")).outcome is Outcome.UNKNOWN


def test_a_policy_that_only_denies_denies_everything():
    elsewhere = Condition("StringNotEquals", "aws:SourceVpc", (f"vpc-{HOLE}",))
    assert ask(say("Deny", conditions=[elsewhere])) is Outcome.FAIL


def test_an_explicit_deny_wins_wherever_it_stands():
    deny = say("Deny", ("ecr:*",))
    assert ask(say(), deny) is ask(deny, say()) is Outcome.FAIL
    assert ask(say(), say("Deny", ("ecr:Put*",))) is Outcome.PASS


@pytest.mark.parametrize(
    ("actions", "outcome"),
    [
        (("ecr:BatchGetImage",), "pass"),
        (("ECR:batchgetimage",), "pass"),
        (("ecr:Batch*",), "pass"),
        (("ecr:?atchGetImage",), "pass"),
        (("ecr:GetAuthorizationToken", "ecr:BatchCheck*"), "fail"),
        ((), "fail"),
        (Unknown("known after apply"), "unknown"),
        (OneOf((("ecr:*",), ("*",)), "a variable"), "pass"),
        (OneOf((("ecr:*",), ("s3:*",)), "a variable"), "unknown"),
    ],
)
def test_actions_match_without_regard_to_case(actions, outcome):
    assert ask(say(actions=actions)) == outcome


def test_not_action_and_not_resource_turn_the_match_round():
    assert ask(say(not_actions=("s3:*",))) is Outcome.PASS
    assert ask(say(not_actions=("ecr:*",))) is Outcome.FAIL
    assert ask(say(), say("Deny", not_resources=("arn:aws:ecr:*:111122223333:*",))) is Outcome.PASS
    assert ask(say(), say("Deny", not_resources=("arn:aws:ecr:*:999999999999:*",))) is Outcome.FAIL


@pytest.mark.parametrize(
    ("resources", "outcome"),
    [
        (("arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",), "pass"),
        (("arn:aws:s3:::prod-*-starport-layer-bucket/*",), "pass"),
        (("arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",), "fail"),
        (("arn:aws:s3:::PROD-eu-central-1-starport-layer-bucket/*",), "fail"),
        (("arn:aws:s3:::prod-eu-central-1-starport-layer-bucket",), "fail"),
        ((f"arn:{HOLE}:s3:::prod-eu-central-1-starport-layer-bucket/*",), "unknown"),
        ((f"arn:aws:s3:::{HOLE}-logs/*",), "fail"),
        (("arn:aws:s3:::${aws:PrincipalTag/bucket}/*",), "unknown"),
    ],
)
def test_the_layer_bucket_must_be_among_the_resources(resources, outcome):
    assert ask(say(actions=("s3:GetObject",), resources=resources), request=LAYER, gateway=True) == outcome


def test_layers_belong_to_aws_so_a_resource_account_condition_shuts_them_out():
    own = Condition("StringEquals", "aws:ResourceAccount", ("111122223333",))
    assert ask(say(conditions=[own]), request=LAYER, gateway=True) is Outcome.FAIL


def test_who_signs_layer_urls_is_open():
    org = Condition("StringEquals", "aws:PrincipalOrgID", ("o-1",))
    assert ask(say(conditions=[org]), request=LAYER, gateway=True) is Outcome.UNKNOWN


def test_an_account_as_principal_means_everyone_in_it_or_only_root_on_a_gateway():
    for value in ("111122223333", "arn:aws:iam::111122223333:root"):
        account = (Principal("AWS", value),)
        assert ask(say(principals=account)) is Outcome.PASS
        assert ask(say(principals=account), gateway=True) is Outcome.FAIL
    assert ask(say(principals=(Principal("AWS", "999999999999"),))) is Outcome.FAIL
    assert ask(say(principals=(Principal("AWS", "*"),)), gateway=True) is Outcome.PASS
    assert ask(say(principals=None)) is Outcome.FAIL
    assert ask(say(principals=(Principal("Service", "ec2.amazonaws.com"),))) is Outcome.FAIL


def test_a_role_as_principal_is_compared_with_the_caller():
    caller = Request("ecr:BatchGetImage", "*", ROLE, "111122223333")
    assert ask(say(principals=(Principal("AWS", ROLE),)), request=caller) is Outcome.PASS
    assert ask(say(principals=(Principal("AWS", ROLE + "x"),)), request=caller) is Outcome.FAIL
    assert ask(say(principals=(Principal("AWS", ROLE),))) is Outcome.UNKNOWN


def test_not_principal_means_everyone_else():
    caller, other = Principal("AWS", ROLE), Principal("AWS", "arn:aws:iam::111122223333:role/other")
    denied_others = say("Deny", not_principals=(caller,), principals=None)
    assert ask(say(), denied_others, request=replace(PULL, principal=ROLE)) is Outcome.PASS
    denied_rest = say("Deny", not_principals=(other,), principals=None)
    assert ask(say(), denied_rest, request=replace(PULL, principal=ROLE)) is Outcome.FAIL


def test_web_identity_has_no_principal_keys():
    irsa = web_identity_request(ROLE)
    org = Condition("StringEquals", "aws:PrincipalOrgID", ("o-1",))
    lenient = Condition("StringEqualsIfExists", "aws:PrincipalOrgID", ("o-1",))
    assert ask(say(conditions=[org]), request=irsa) is Outcome.FAIL
    assert ask(say(conditions=[lenient]), request=irsa) is Outcome.PASS
    assert ask(say(principals=(Principal("AWS", "111122223333"),)), request=irsa) is Outcome.FAIL
    denied = say("Deny", conditions=[Condition("StringNotEquals", "aws:PrincipalOrgID", ("o-1",))])
    assert ask(say(), denied, request=irsa) is Outcome.FAIL
    spared = say("Deny", conditions=[Condition("StringNotEqualsIfExists", "aws:PrincipalOrgID", ("o-1",))])
    assert ask(say(), spared, request=irsa) is Outcome.FAIL
    assert ask(say(), denied, say(), request=PULL) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("operator", "key", "values", "outcome"),
    [
        ("StringEquals", "aws:PrincipalAccount", ("111122223333",), "pass"),
        ("StringEquals", "AWS:principalaccount", ("999999999999", "111122223333"), "pass"),
        ("StringEquals", "aws:PrincipalAccount", ("999999999999",), "fail"),
        ("StringNotEquals", "aws:PrincipalAccount", ("999999999999",), "pass"),
        ("StringNotEquals", "aws:PrincipalAccount", ("999999999999", "111122223333"), "fail"),
        ("StringLike", "aws:PrincipalAccount", ("1111*",), "pass"),
        ("StringEquals", "aws:PrincipalAccount", ("1111*",), "fail"),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/no?e",), "pass"),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/n?e",), "fail"),
        ("ArnEquals", "aws:PrincipalArn", ("arn:aws:iam::*:role/node",), "pass"),
        ("StringEquals", "aws:SecureTransport", ("TRUE",), "fail"),
        ("StringEqualsIgnoreCase", "aws:SecureTransport", ("TRUE",), "pass"),
        ("Bool", "aws:SecureTransport", ("TRUE",), "pass"),
        ("ArnEquals", "aws:PrincipalArn", ("arn:aws:iam::*:role/other",), "fail"),
        ("ForAnyValue:StringLike", "aws:PrincipalArn", ("*role/node",), "pass"),
        ("ForAllValues:StringEquals", "aws:Missing", ("x",), "pass"),
        ("ForAnyValue:StringEquals", "aws:Missing", ("x",), "fail"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ("team",), "pass"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ("x",), "fail"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team",), "fail"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team", "stage", "x"), "pass"),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("team",), "pass"),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ("x",), "pass"),
        ("Null", "aws:Missing", ("true",), "pass"),
        ("Null", "aws:PrincipalArn", ("true",), "fail"),
        ("Bool", "aws:SecureTransport", ("true",), "pass"),
        ("StringEquals", "aws:SourceVpce", ("vpce-1",), "unknown"),
        ("IpAddress", "aws:VpcSourceIp", ("10.0.0.0/8",), "unknown"),
        ("DateLessThan", "aws:CurrentTime", ("2030-01-01",), "unknown"),
        ("StringEquals", "aws:PrincipalAccount", Unknown("x"), "unknown"),
    ],
)
def test_conditions(operator, key, values, outcome):
    keys = (("aws:missing", None), ("aws:tagkeys", ("team", "stage")))
    caller = Request("ecr:BatchGetImage", "*", ROLE, "111122223333", keys)
    assert ask(say(conditions=[Condition(operator, key, values)]), request=caller) == outcome


def test_what_is_open_for_a_deny_is_open_and_what_is_open_beside_a_sure_allow_is_not():
    unsure = Condition("StringEquals", "aws:SourceVpce", ("vpce-1",))
    assert ask(say(), say("Deny", conditions=[unsure])) is Outcome.UNKNOWN
    assert ask(say(), say(conditions=[unsure])) is Outcome.PASS
    assert ask(say(), incomplete="known after apply") is Outcome.UNKNOWN
    assert ask(say("Deny"), incomplete="known after apply") is Outcome.FAIL


def test_a_role_is_the_sum_of_its_policies_within_its_boundary():
    managed = {"arn:aws:iam::aws:policy/Pull": Policy((say(actions=("ecr:*",)),), at("m"))}
    role = Role("r", at("r"), "node", managed=("arn:aws:iam::aws:policy/Pull",))
    assert decide_role(role, PULL, managed.get).outcome is Outcome.PASS
    assert decide_role(role, PULL, {}.get).outcome is Outcome.UNKNOWN
    assert decide_role(Role("r", at("r"), "node"), PULL, {}.get).outcome is Outcome.FAIL
    assert decide_role(Role("r", at("r"), "node", managed_incomplete="x"), PULL, {}.get).outcome is Outcome.UNKNOWN
    bound = Role(
        "r", at("r"), "node", policies=(Policy((say(),), at("p")),), boundary=Policy((say(actions=("s3:*",)),), at("b"))
    )
    assert decide_role(bound, PULL, {}.get).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("*", HOLE, True),
        ("a*c", f"a{HOLE}c", True),
        ("abc", f"a{HOLE}c", None),
        ("abd", f"a{HOLE}c", False),
        (f"a{HOLE}", "abc", None),
        (f"a{HOLE}", "a", None),
        (f"b{HOLE}", "abc", False),
        ("a?c", f"a{HOLE}", None),
        ("", HOLE, None),
        ("", "", True),
        ("**a", "bba", True),
    ],
)
def test_texts_with_holes_match_three_valued(pattern, text, answer):
    assert matches(pattern, text) is answer

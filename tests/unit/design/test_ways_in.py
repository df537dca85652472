"""What the bastion and the registry need where somebody else's endpoints or a key of one's own come in."""

import pytest
from eksclave.design.build import build
from eksclave.design.model import Design
from eksclave.spec.model import ClusterSpec

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def design(**fields: object) -> Design:
    return build(ClusterSpec.model_validate({"name": "prod", "region": "eu-central-1", "account": ACCOUNT, **fields}))


@pytest.mark.parametrize(
    ("services", "peer"),
    [
        ({}, "endpoints"),
        ({"ssm": {"mode": "reuse", "id": "vpce-12345678"}}, "vpc"),
        ({"ssm": {"mode": "reuse", "id": "vpce-12345678"}, "ssmmessages": "external"}, "0.0.0.0/0"),
        ({"ec2": "external"}, "endpoints"),
    ],
)
def test_the_bastion_calls_ssm_where_the_spec_says_it_answers(services: dict, peer: str):
    bastion = design(endpoints={"services": services}).access.bastion
    assert bastion is not None
    assert {rule.key: rule.peer for rule in bastion.rules}["https-to-endpoints"] == peer


@pytest.mark.parametrize(("key", "made"), [(None, False), (KEY, True)])
def test_cached_repositories_with_a_key_are_made_with_a_role_of_ours(key: str | None, made: bool):
    cache = [{"upstream": "quay.io", "prefix": "quay"}]
    role = design(registry={"pull_through_cache": cache, "kms_key_arn": key}).registry.cache_role
    assert (role is not None) is made
    if role:
        assert role.principal == "ecr.amazonaws.com"
        assert {statement.resources for statement in role.statements} == {
            (f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/quay/*",),
            (KEY,),
        }

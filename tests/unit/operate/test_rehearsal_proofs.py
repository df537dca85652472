"""What the record of calls proves, told by records written by hand: each proof has one that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eksclave.cli.rehearse_view import summary
from eksclave.operate.rehearse.blame import fix_of
from eksclave.operate.rehearse.business import services_of
from eksclave.operate.rehearse.estate import Stack
from eksclave.operate.rehearse.proof import prove
from eksclave.operate.rehearse.result import Cost, Problem, Rehearsal, StackResult, StageResult
from eksclave.operate.rehearse.unrest import differences

ROLE = "arn:aws:iam::123456789012:role/node"


def _call(
    action: str, service: str = "ec2", status: int = 200, client: str = "network", **asked: Any
) -> dict[str, Any]:
    return {
        "at": 1.0,
        "service": service,
        "action": action,
        "status": status,
        "client": client,
        "asked": asked,
        "error": "",
        "said": "",
    }


def _good() -> list[dict[str, Any]]:
    private = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    return [
        _call("CreateRoute", RouteTableId="rtb-1"),
        _call("CreateNetworkAclEntry", NetworkAclId="acl-1"),
        _call("CreateVpcEndpoint", **{"SecurityGroupId.1": "sg-1", "ServiceName": "sts"}),
        _call("AuthorizeSecurityGroupIngress", GroupId="sg-1"),
        _call("AttachRolePolicy", "iam", RoleName="node"),
        _call("CreateCluster", "eks", resourcesVpcConfig=private, bootstrapSelfManagedAddons=False),
        _call("CreateAccessEntry", "eks", type="EC2_LINUX", principalArn=ROLE),
        _call("AssociateAccessPolicy", "eks", path=f"/clusters/c/access-entries/{ROLE}/access-policies"),
        _call("CreateAddon", "eks", addonName="vpc-cni"),
        _call("CreateNodegroup", "eks", nodeRole=ROLE),
    ]


def _outcomes(calls: list[dict[str, Any]]) -> dict[str, str]:
    return {proof.name: proof.outcome for proof in prove(calls, [])}


def test_a_run_in_the_right_order_proves_every_statement() -> None:
    outcomes = _outcomes(_good())
    assert outcomes.pop("services kept to") == "asked nothing"
    assert set(outcomes.values()) == {"pass"}


@pytest.mark.parametrize(
    ("action", "proof"),
    [
        ("CreateVpcEndpoint", "endpoints before nodes"),
        ("AuthorizeSecurityGroupIngress", "endpoint rules before nodes"),
        ("CreateRoute", "routes before nodes"),
        ("CreateNetworkAclEntry", "network ACLs before nodes"),
        ("AttachRolePolicy", "node policies before nodes"),
        ("CreateAccessEntry", "access entries before nodes"),
        ("AssociateAccessPolicy", "access entries before nodes"),
        ("CreateAddon", "network plugin before nodes"),
    ],
)
def test_a_call_that_comes_after_the_first_node_fails_its_proof_alone(action: str, proof: str) -> None:
    calls = _good()
    late = next(call for call in calls if call["action"] == action)
    calls.remove(late)
    calls.append(late)
    assert {name for name, outcome in _outcomes(calls).items() if outcome == "fail"} == {proof}


def test_a_cluster_in_auto_mode_is_its_own_first_node() -> None:
    auto = {"enabled": True, "nodeRoleArn": ROLE}
    calls = [call for call in _good() if call["service"] != "eks"]
    whole = _call("CreateCluster", "eks", resourcesVpcConfig={"endpointPublicAccess": False}, computeConfig=auto)
    assert "fail" not in _outcomes([*calls, whole]).values()
    assert _outcomes([*calls, whole])["network plugin before nodes"] == "pass"
    late = _outcomes([whole, *calls])
    assert {late[name] for name in ("endpoints before nodes", "node policies before nodes")} == {"fail"}


def test_pods_on_fargate_need_no_network_plugin() -> None:
    calls = [call for call in _good() if call["action"] not in ("CreateAddon", "CreateNodegroup")]
    fargate = _call("CreateFargateProfile", "eks", podExecutionRoleArn=ROLE)
    assert _outcomes([*calls, fargate])["network plugin before nodes"] == "pass"
    both = [*calls, fargate, _call("CreateNodegroup", "eks", nodeRole=ROLE)]
    assert _outcomes(both)["network plugin before nodes"] == "fail"


def test_routes_by_which_operators_come_may_follow_the_nodes() -> None:
    calls = [{**call, "client": "cluster"} if call["service"] == "eks" else call for call in _good()]
    access = Stack("access", Path("/x"), {}, ("cluster",))
    peered = _call("CreateRoute", client="access", VpcPeeringConnectionId="pcx-1", RouteTableId="rtb-1")
    outcomes = {proof.name: proof.outcome for proof in prove([*calls, peered], [access])}
    assert outcomes["routes before nodes"] == "pass"
    outcomes = {proof.name: proof.outcome for proof in prove([*calls, {**peered, "client": "network"}], [access])}
    assert outcomes["routes before nodes"] == "fail"


def test_a_call_that_was_refused_proves_nothing() -> None:
    calls = [{**call, "status": 400} if call["action"] == "CreateAddon" else call for call in _good()]
    assert _outcomes(calls)["network plugin before nodes"] == "fail"


def test_a_cluster_that_is_public_for_one_moment_is_told() -> None:
    opened = [*_good(), _call("UpdateClusterConfig", "eks", resourcesVpcConfig={"endpointPublicAccess": True})]
    assert _outcomes(opened)["cluster never public"] == "fail"
    silent = [_call("CreateCluster", "eks", resourcesVpcConfig={"endpointPrivateAccess": True})]
    assert _outcomes(silent)["cluster never public"] == "fail", "the API's default is public"


def test_a_stack_that_calls_a_service_it_has_no_business_with_is_told() -> None:
    stack = Stack("network", Path("/x"), {"resource": {"aws_vpc": {"v": {}}, "aws_iam_role": {"r": {}}}}, ())
    assert services_of(stack) == {"ec2", "iam", "sts"}
    fine = [_call("CreateVpc"), _call("GetCallerIdentity", "sts")]
    assert prove(fine, [stack])[-2].outcome == "pass"
    strange = prove([*fine, _call("CreateFunction", "lambda")], [stack])[-2]
    assert strange.outcome == "fail"
    assert "network called lambda CreateFunction" in strange.said


def test_a_call_that_wanted_to_leave_the_machine_is_told() -> None:
    left = prove([_call("GetCallerIdentity", "sts"), _call("CONNECT", "outside", 403, host="x.example.com:443")], [])[
        -1
    ]
    assert (left.name, left.outcome) == ("nothing left this machine", "fail")
    assert left.said == "turned away: x.example.com:443"


def test_a_type_that_is_not_known_leaves_its_stack_unasked() -> None:
    stack = Stack("network", Path("/x"), {"resource": {"aws_quantum_thing": {"v": {}}}}, ())
    assert prove([_call("Anything", "quantum")], [stack])[-2].outcome == "asked nothing"


def test_a_second_plans_changes_are_told_by_attribute_and_hide_what_is_sensitive() -> None:
    change = {
        "actions": ["update"],
        "before": {"a": 1, "b": 2, "c": "x"},
        "after": {"a": 1, "b": 3, "c": "y"},
        "before_sensitive": {"c": True},
    }
    plan = {
        "resource_changes": [
            {"address": "aws_vpc.v", "change": change},
            {"address": "aws_vpc.w", "change": {"actions": ["no-op"]}},
        ]
    }
    assert differences(plan) == {"aws_vpc.v": "update: b: 2 → 3; c: (sensitive)"}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Error acquiring the state lock\nLock Info", "holds the lock"),
        ("Plugin did not respond\nThe plugin encountered an error", "provider's process crashed"),
        ("write /x: no space left on device", "disk is full"),
        ("api error EmulatorNotImplemented: The x action", "emulator lacks"),
        ('An argument named "use_lockfile" is not expected here.', "install Terraform 1.10"),
        ('request send failed, Post "https://sts.eu-central-1.amazonaws.com/": Forbidden', "was turned away"),
        ("some other error", ""),
    ],
)
def test_known_faults_are_recognised_by_terraforms_words(said: str, word: str) -> None:
    assert word in fix_of(said)
    assert bool(word) == bool(fix_of(said))


def _answer(problems: tuple[Problem, ...] = (), left: tuple[str, ...] = ()) -> Rehearsal:
    stage = StageResult("apply", not problems, 12.0, 3, problems=problems)
    return Rehearsal((StackResult("prod-network", (stage,)),), (), left, 7, Cost(20.0, 18.0, 2.0, 700))


def test_a_failure_names_stack_address_construct_words_and_fix() -> None:
    problem = Problem(
        "prod-network",
        "apply",
        "creating VPC\nno more room",
        "aws_vpc.main",
        "prod-network/vpc/Default",
        fix="make room",
    )
    assert str(problem).splitlines() == [
        "error: prod-network: apply: creating VPC",
        "  --> aws_vpc.main  (construct prod-network/vpc/Default)",
        "   | no more room",
        "   = fix: make room",
    ]


def test_the_summary_ends_with_a_verdict_and_the_cost() -> None:
    text = summary(_answer())
    assert text.splitlines()[-1] == "all well: 7 calls, 20 s, of which Terraform 18 s, 700 MiB at most"
    assert "FAILED" in summary(_answer((Problem("prod-network", "apply", "x"),)))


def test_something_left_behind_is_not_well() -> None:
    answer = _answer(left=("ec2 eu-central-1 subnets subnet-1",))
    assert not answer.succeeded
    assert "FAIL left in the emulator: ec2 eu-central-1 subnets subnet-1" in summary(answer)

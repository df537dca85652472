"""Plans that destroy, that leave things out, that hide values, and files that are given oddly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from eksclave.cli import app
from eksclave.errors import EksclaveError

FLAT = (Path(__file__).parent.parent / "corpus" / "flat" / "plan.json").read_bytes()
ECR = 'aws_vpc_endpoint.interface["ecr.dkr"]'


def _destroy(plan: dict, *addresses: str) -> None:
    for one in plan["resource_changes"]:
        if not addresses or one["address"] in addresses:
            before = one["change"]["after"]
            one["change"] = {"actions": ["delete"], "before": before, "after": None, "after_unknown": {}}
    root = plan["planned_values"]["root_module"]
    root["resources"] = [one for one in root["resources"] if addresses and one["address"] not in addresses]


@pytest.fixture
def answered(tmp_path):
    def run(plan: dict) -> dict:
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        done = CliRunner().invoke(app, ["prove", str(tmp_path / "plan.json"), "--format", "json"])
        if isinstance(done.exception, EksclaveError):
            raise done.exception
        return json.loads(done.output)

    return run


@pytest.mark.parametrize("addresses", [(), ("aws_eks_cluster.main",)])
def test_a_destroyed_cluster_is_named(answered, addresses):
    plan = json.loads(FLAT)
    _destroy(plan, *addresses)
    with pytest.raises(EksclaveError, match=r"the plan destroys aws_eks_cluster\.main: nothing is left to prove"):
        answered(plan)


def test_a_destroyed_endpoint_is_named_with_the_fix_to_keep_it(answered):
    plan = json.loads(FLAT)
    _destroy(plan, ECR)
    failed = [one for one in answered(plan)["results"] if one["requirement"] == "N3" and one["outcome"] == "fail"]
    assert failed and all(one["fix"] == f"keep {ECR}" for one in failed)
    assert all(ECR in [stop["address"] for stop in one["stopped_at"]] for one in failed)


def test_what_a_partial_plan_leaves_out_may_be_there(answered):
    plan = json.loads(FLAT)
    gone = "aws_route_table_association.a"
    plan["resource_changes"] = [one for one in plan["resource_changes"] if one["address"] != gone]
    root = plan["planned_values"]["root_module"]
    root["resources"] = [one for one in root["resources"] if one["address"] != gone]
    assert answered(plan)["verdict"] == "fail"
    partial = answered(plan | {"complete": False})
    assert partial["verdict"] == "unknown"
    assert any("partial" in one["text"] for one in partial["advice"])
    wrong = json.loads(json.dumps(plan).replace('"enable_dns_hostnames": true', '"enable_dns_hostnames": false'))
    assert answered(wrong | {"complete": False})["verdict"] == "fail"


def test_a_cluster_of_which_nothing_is_known_is_unknown(answered):
    plan = json.loads(FLAT)
    for one in plan["resource_changes"]:
        if one["address"] == "aws_eks_cluster.main":
            one["change"] |= {"after": None, "after_unknown": True}
    found = {one["outcome"] for one in answered(plan)["results"] if one["requirement"] in ("R1", "R2")}
    assert found == {"unknown"}


def test_changes_that_are_no_list_are_refused(answered):
    with pytest.raises(EksclaveError, match="resource_changes is no list"):
        answered(json.loads(FLAT) | {"resource_changes": {}})


def test_the_same_file_twice_is_read_once(tmp_path):
    (tmp_path / "copy.json").write_bytes(b"\xef\xbb\xbf" + FLAT)
    (tmp_path / "plan.json").write_bytes(FLAT)
    once, twice = (
        CliRunner().invoke(app, ["prove", *(str(tmp_path / name) for name in names), "--format", "json"]).output
        for names in (["plan.json"], ["plan.json", "copy.json"])
    )
    assert json.loads(once) == json.loads(twice)


def test_sensitive_ranges_are_never_printed(tmp_path):
    plan = json.loads(FLAT)
    ranges = set()
    for one in plan["resource_changes"]:
        if one["type"] in ("aws_subnet", "aws_vpc"):
            one["change"]["after_sensitive"] = {"cidr_block": True}
            ranges.add(one["change"]["after"]["cidr_block"].rsplit(".", 2)[0])
        if one["address"] == "aws_vpc_security_group_ingress_rule.endpoints_https":
            one["change"]["after"]["cidr_ipv4"] = "192.168.0.0/24"
            one["change"]["after_unknown"].pop("cidr_ipv4", None)
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    for form in ("text", "json", "markdown", "sarif", "junit"):
        said = CliRunner().invoke(app, ["prove", str(tmp_path / "plan.json"), "--format", form]).output
        assert "N1" in said and "(sensitive)" in said
        assert not [one for one in ranges if f"{one}." in said]

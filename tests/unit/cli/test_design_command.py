"""`eksclave design` and `eksclave endpoints` print what was decided, and say what is wrong at its line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from eksclave.cli.design import command as design
from eksclave.cli.endpoints import command as endpoints
from eksclave.errors import EksclaveError, InputError

SPEC = """name: prod
region: eu-central-1
account: "111122223333"
"""


def run(command, *arguments: str) -> str:
    answer = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def spec_file(folder: Path, text: str = SPEC) -> str:
    path = folder / "prod.yaml"
    path.write_text(text)
    return str(path)


def test_a_design_says_why_and_what_it_costs(tmp_path):
    told = run(design, spec_file(tmp_path))
    assert "total $197.10 a month" in told
    assert "nodes: containerd pulls layers from ECR's bucket in s3 (N4)" in told
    assert "network ACL of control_plane" in told
    assert "network ACL of control_plane" not in run(design, spec_file(tmp_path), "--brief")


def test_a_design_as_json_holds_every_part(tmp_path):
    told = json.loads(run(design, spec_file(tmp_path), "--format", "json"))
    assert {"network", "endpoints", "registry", "cluster", "access", "workloads", "images"} <= told.keys()
    assert told["network"]["cidr"] == "10.0.0.0/16"
    assert told["endpoints"]["rules"][0]["ports"] == "443"


def test_a_range_without_room_is_refused_at_its_line(tmp_path):
    path = spec_file(tmp_path, SPEC + "network:\n  zones: 3\n  cidr: 10.0.0.0/24\n")
    with pytest.raises(InputError) as wrong:
        CliRunner().invoke(design, [path], catch_exceptions=False)
    assert str(wrong.value).startswith(f"{path}:6 network.cidr: 10.0.0.0/24 has no room")


def test_endpoints_are_listed_for_features_and_addons_together():
    told = run(endpoints, "--features", "irsa,fluent-bit", "--region", "eu-central-1", "--zones", "2")
    assert "com.amazonaws.eu-central-1.sts" in told and "com.amazonaws.eu-central-1.logs" in told
    assert "2 endpoints in 2 zones: $29.20 a month" in told


def test_all_endpoints_of_beijing_say_which_are_missing_there():
    rows = {
        row["service"]: row for row in json.loads(run(endpoints, "--all", "--region", "cn-north-1", "--format", "json"))
    }
    assert rows["ec2"]["service_name"] == "cn.com.amazonaws.cn-north-1.ec2"
    assert not rows["route53"]["offered"]


def test_an_unknown_feature_is_answered_with_the_near_one():
    with pytest.raises(EksclaveError, match="did you mean 'external-dns'"):
        CliRunner().invoke(endpoints, ["--features", "extern-dns"], catch_exceptions=False)

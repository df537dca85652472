"""The command line: formats, exit codes, and inputs that are wrong."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from eksclave.cli import app
from eksclave.errors import EksclaveError
from eksclave.report.schema import answer_schema

CORPUS = Path(__file__).parent.parent / "corpus"
FLAT = CORPUS / "flat" / "plan.json"


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin, catch_exceptions=True)


def test_a_correct_plan_exits_with_0_and_a_valid_answer():
    done = run("prove", FLAT, "--format", "json")
    assert done.exit_code == 0
    jsonschema.Draft202012Validator(answer_schema()).validate(json.loads(done.output))


def test_a_plan_is_read_from_standard_input():
    assert run("prove", "-", stdin=FLAT.read_bytes()).exit_code == 0


def test_a_fault_exits_with_1(tmp_path):
    text = FLAT.read_text().replace('"enable_dns_hostnames":true', '"enable_dns_hostnames":false')
    (tmp_path / "plan.json").write_text(text)
    done = run("prove", tmp_path / "plan.json", "--output", tmp_path / "answer.txt")
    assert done.exit_code == 1
    assert "error[D3 dns-hostnames-off]" in (tmp_path / "answer.txt").read_text()


def test_a_feature_that_the_input_does_not_show_is_asked():
    done = run("prove", FLAT, "--feature", "cluster-autoscaler")
    assert done.exit_code == 1
    assert "error[N10 autoscaling-unreachable]" in done.output


def test_waived_findings_exit_with_0(tmp_path):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {waive: N10, address: '*', reason: no scaling here, until: 2999-01-01}\n")
    assert run("prove", FLAT, "--feature", "cluster-autoscaler", "--waivers", waivers).exit_code == 0


def test_two_inputs_are_one_world():
    done = run("prove", FLAT, CORPUS / "inline" / "plan.json", "--format", "json")
    clusters = {one["cluster"] for one in json.loads(done.output)["results"]}
    assert len(clusters) == 2
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [("nodes", "api", 0), ("bastion", "ssm", 0), ("nodes", "kms", 1), ("pods", "s3", 0)],
)
def test_explain_says_either_way(source, destination, code):
    done = run("explain", FLAT, source, destination)
    assert done.exit_code == code
    assert "→" in done.output


def test_strict_fails_where_something_that_applies_was_asked_of_nobody():
    arguments = ("prove", CORPUS / "hub" / "plan.json", "--feature", "bastion")
    assert json.loads(run(*arguments, "--format", "json").output)["asked_nothing"] == ["B1"]
    assert run(*arguments).exit_code == 0
    assert run("prove", CORPUS / "twins" / "plan.json", "--strict").exit_code == 0
    assert run("prove", CORPUS / "karpenter" / "plan.json", "--strict").exit_code == 0
    strict = run("prove", CORPUS / "karpenter" / "plan.json", "--strict", "--feature", "bastion")
    assert strict.exit_code == 1 and "asked nothing: B1" in strict.output


@pytest.mark.parametrize(
    ("format", "sign"),
    [
        ("text", "unknown: "),
        ("json", '"verdict": "unknown"'),
        ("markdown", "# eksclave prove: unknown"),
        ("sarif", '"verdict": "unknown"'),
        ("junit", 'errors="1"'),
    ],
)
def test_every_format_says_what_the_exit_code_says_of_what_asked_nothing(format, sign):
    arguments = ("prove", FLAT, "--feature", "image-lock", "--format", format)
    assert run(*arguments).exit_code == 0
    strict = run(*arguments, "--strict")
    assert strict.exit_code == 1
    assert sign in strict.output and "R20" in strict.output and "--lock FILE" in strict.output


def test_strict_names_each_cluster_that_something_was_asked_of_nobody_for():
    arguments = ("prove", CORPUS / "twins" / "plan.json", "--feature", "image-lock", "--strict", "--format", "json")
    told = json.loads(run(*arguments).output)
    unasked = [one for one in told["results"] if one["reason"].startswith("asked nothing")]
    assert {one["cluster"] for one in unasked} == {one["cluster"] for one in told["results"]}
    assert len(unasked) == 2 and {one["requirement"] for one in unasked} == set(told["asked_nothing"]) == {"R20"}
    jsonschema.Draft202012Validator(answer_schema()).validate(told)


def test_what_asked_nothing_can_be_waived(tmp_path):
    (tmp_path / "w.yaml").write_text("- {waive: R20, address: '*', reason: no lock yet, until: 2999-01-01}\n")
    arguments = ("prove", FLAT, "--feature", "image-lock", "--strict", "--waivers", tmp_path / "w.yaml")
    done = run(*arguments)
    assert done.exit_code == 0
    assert done.output.startswith("pass, with 1 waived:\n  R20 image-not-locked at aws_eks_cluster.")
    assert "(no lock yet, until 2999-01-01)" in done.output
    assert "(until 2999-01-01)" in run(*arguments, "--format", "junit").output


def test_what_is_not_decided_exits_with_1():
    unclear = run("prove", CORPUS / "flat" / "plan.json", "--feature", "customer-routed-control-plane")
    assert unclear.exit_code == 1 and unclear.output.startswith("unknown")


def test_one_of_several_clusters_is_asked_by_its_address():
    address = 'module.cell["blue"].aws_eks_cluster.cell'
    told = json.loads(run("prove", CORPUS / "twins" / "plan.json", "--cluster", address, "--format", "json").output)
    assert {one["cluster"] for one in told["results"]} == {address}


def test_notes_of_the_readers_are_advice_except_what_assumes_nothing():
    told = json.loads(run("prove", CORPUS / "modules" / "plan.json", "--format", "json").output)
    notes = [one["text"] for one in told["advice"] if one["requirement"] == "note"]
    assert any("local.node_security_group_id is taken to be" in text for text in notes)
    assert not any("at index 0" in text for text in notes)


def test_sarif_names_the_plan_that_was_given(monkeypatch):
    monkeypatch.chdir(FLAT.parent)
    told = json.loads(run("prove", FLAT, "--format", "sarif", "--feature", "cluster-autoscaler").output)
    (found, *_) = told["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.json"


WRONG = {
    "empty": b"",
    "words": b"not json",
    "truncated": FLAT.read_bytes()[:5000],
    "number": b"3",
    "list": b"[]",
    "null": b"null",
    "version": b'{"format_version":"2.0","planned_values":{}}',
    "no cluster": b'{"format_version":"1.2","planned_values":{"root_module":{}},"resource_changes":[],"configuration":{"root_module":{}}}',
    "hcl": b'resource "aws_vpc" "a" {}',
    "deep": b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "utf-16": '{"format_version":"1.2"}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_said_without_a_traceback(tmp_path, name):
    file = tmp_path / "plan.json"
    file.write_bytes(WRONG[name])
    done = run("prove", file)
    assert isinstance(done.exception, EksclaveError), done.exception
    assert str(done.exception) and "Traceback" not in str(done.exception)


def test_the_process_exits_with_2_on_wrong_input(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    command = [sys.executable, "-c", "from eksclave.cli import main; main()", "prove", str(tmp_path / "plan.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(str(tmp_path)) or done.stderr.startswith("error:")
    assert "Traceback" not in done.stderr


def _paths(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield from _paths(one, (*path, key))


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_plan_gives_an_answer_or_a_clear_mistake(tmp_path, seed):
    chance = random.Random(seed)
    plan = json.loads(FLAT.read_text())
    paths = [path for path in _paths(plan) if path]
    for _ in range(chance.randint(1, 4)):
        *above, last = chance.choice(paths)
        owner = plan
        try:
            for step in above:
                owner = owner[step]
            owner[last] = chance.choice([None, 3, "", "x", [], {}, [None], {"a": 1}, True, -1, "999.1.1.1/99"])
        except (KeyError, IndexError, TypeError):
            continue
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = run("prove", tmp_path / "plan.json")
    assert done.exception is None or isinstance(done.exception, (EksclaveError, SystemExit)), done.exc_info

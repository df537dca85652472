"""What is said about inputs: each under the name that the user gave it, with what it is."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from eksclave.cli import app
from eksclave.errors import EksclaveError

CORPUS = Path(__file__).parent.parent / "corpus"
FLAT = CORPUS / "flat" / "plan.json"
BUCKET = {
    "version": 4,
    "serial": 1,
    "lineage": "x",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": "a",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "b", "bucket": "b"}}],
        }
    ],
}


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin)


def said(done):
    assert isinstance(done.exception, EksclaveError) and done.exception.exit_code == 2, done.exception
    return str(done.exception)


@pytest.mark.parametrize("stdin", [b"", b"not json", b"{}", json.dumps(BUCKET).encode(), b"PK\x03\x04"])
def test_standard_input_is_called_so(stdin):
    text = said(run("prove", "-", stdin=stdin))
    assert text.startswith("standard input: ") and "stdin.json" not in text and "eksclave-" not in text


def test_each_input_without_a_cluster_says_what_it_is(tmp_path):
    state, plan = tmp_path / "state-other.json", tmp_path / "empty-plan.json"
    state.write_text(json.dumps(BUCKET))
    bare = {"format_version": "1.2", "planned_values": {"root_module": {}}, "configuration": {"root_module": {}}}
    plan.write_text(json.dumps(bare))
    text = said(run("prove", state, plan))
    assert f"{state}: a state of 1 resource (aws_s3_bucket), no aws_eks_cluster" in text
    assert f"{plan}: a plan of 0 resources, no aws_eks_cluster; give the plan" in text


@pytest.mark.parametrize("name", ["a" * 300, "/proc/self/mem"])
def test_what_cannot_be_read_is_said(name):
    if "/" in name and not Path(name).exists():
        pytest.skip("this system has no such file")
    assert said(run("prove", name)).startswith(f"{name}: cannot be read: ")


def test_a_pipe_is_read_once(tmp_path):
    for content, wanted in ((FLAT.read_bytes(), None), (json.dumps(BUCKET).encode(), "an input of 1 resource")):
        os.mkfifo(tmp_path / "pipe")
        writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,), daemon=True)
        writer.start()
        done = run("prove", tmp_path / "pipe")
        assert done.exit_code == 0 if wanted is None else wanted in said(done)
        writer.join()
        (tmp_path / "pipe").unlink()


def test_a_spec_is_recognised(tmp_path):
    (tmp_path / "prod.yaml").write_text("name: prod\n")
    assert "prod.yaml: this is YAML, a spec?; synthesize it first" in said(run("prove", tmp_path / "prod.yaml"))


def test_the_plan_in_a_folder_is_suggested(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    assert f"did you mean {tmp_path / 'plan.json'}?" in said(run("prove", tmp_path))


@pytest.mark.parametrize("arguments", [("prove", ""), ("explain", "", "nodes", "api")])
def test_an_input_has_a_name(arguments):
    assert "the name of an input is empty" in said(run(*arguments))


def test_a_plan_without_its_configuration_is_told(tmp_path):
    plan = json.loads(FLAT.read_text())
    (tmp_path / "whole.json").write_text(json.dumps(plan))
    del plan["configuration"]
    (tmp_path / "some.json").write_text(json.dumps(plan))
    done = run("prove", tmp_path / "some.json")
    assert f"warning: {tmp_path / 'some.json'}: this plan holds no configuration" in done.stderr
    assert "warning" not in run("prove", tmp_path / "whole.json").stderr
    notes = json.loads(run("prove", tmp_path / "some.json", "--format", "json").stdout)["advice"]
    assert any("the whole output of terraform show -json" in one["text"] for one in notes)
    assert "warning: " in run("explain", tmp_path / "some.json", "nodes", "api").stderr


def _uris(done):
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert results
    return {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}


def test_sarif_names_the_input_that_holds_the_finding(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(json.dumps(BUCKET))
    Path("sub").mkdir()
    Path("sub/b.json").write_bytes(
        FLAT.read_bytes().replace(b'"enable_dns_hostnames":true', b'"enable_dns_hostnames":false')
    )
    assert _uris(run("prove", "a.json", tmp_path / "sub" / "b.json", "--format", "sarif")) == {"sub/b.json"}
    assert _uris(run("prove", "a.json", "-", "--format", "sarif", stdin=Path("sub/b.json").read_bytes())) == {
        "stdin.json"
    }


def test_sarif_names_the_stack_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    golden = Path(__file__).parent.parent / "golden" / "03-strict-network" / "stacks"
    for one in golden.glob("*.json"):
        text = one.read_text().replace('"enable_dns_hostnames": true', '"enable_dns_hostnames": false')
        Path("cdktf.out/stacks", one.stem).mkdir(parents=True)
        Path("cdktf.out/stacks", one.stem, "cdk.tf.json").write_text(text)
    found = _uris(run("prove", "cdktf.out", "--format", "sarif"))
    assert "cdktf.out/stacks/network/cdk.tf.json" in found
    assert all(Path(one).is_file() for one in found)

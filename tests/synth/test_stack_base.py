"""What every stack has: provider, state, its contract, and what day 0 changes."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from eksclave.contracts import CONTRACT_VERSION, CONTRACTS, ORDER, READS

AWS_STACKS = [stack for stack in ORDER if stack != "workloads"]


@pytest.mark.parametrize("stack", ORDER)
def test_a_stack_publishes_its_whole_contract_and_nothing_else(examples, stack: str) -> None:
    fields = {field.name for field in dataclasses.fields(CONTRACTS[stack])}
    for name, stacks in examples.items():
        assert set(stacks[stack].outputs) == fields | {"contract_version"}, name
        assert stacks[stack].outputs["contract_version"] == CONTRACT_VERSION


@pytest.mark.parametrize("stack", ORDER)
def test_a_stack_reads_only_outputs_that_are_published(examples, stack: str) -> None:
    reference = re.compile(r'terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\[\\"([^"\\]+)\\"\])?')
    for name, stacks in examples.items():
        for producer, output, key in set(reference.findall(stacks[stack].text)):
            assert producer in READS[stack], f"{name}-{stack} reads {producer}"
            published = stacks[producer].outputs
            assert output in published, f"{name}-{stack} reads {producer}.{output}"
            assert not key or key in published[output], f"{name}-{stack} reads {producer}.{output}[{key}]"


@pytest.mark.parametrize("stack", ORDER)
def test_no_stack_depends_on_another_so_that_each_deploys_alone(day0, stack: str) -> None:
    manifest = json.loads((day0[0] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["stacks"][f"small-{stack}"]["dependencies"] == []


@pytest.mark.parametrize("stack", AWS_STACKS)
def test_the_provider_takes_one_account_and_a_range_of_versions(examples, stack: str) -> None:
    made = examples["minimal"][stack]
    provider = made.json["provider"]["aws"][0]
    assert provider["allowed_account_ids"] == ["111122223333"]
    assert provider["default_tags"][0]["tags"]["eksclave:cluster"] == "minimal"
    assert not {"access_key", "secret_key", "token"} & set(provider)
    assert made.terraform["required_providers"]["aws"] == {
        "source": "hashicorp/aws",
        "version": ">= 5.100.0, < 7.0.0",
    }


def test_local_state_lies_beside_the_app_by_a_relative_path(examples) -> None:
    network = examples["minimal"]["network"]
    assert network.terraform["backend"] == {"local": {"path": "../../../state/minimal-network.tfstate"}}
    read = examples["minimal"]["endpoints"].data("terraform_remote_state")["network"]
    assert read["config"]["path"] == network.terraform["backend"]["local"]["path"]


def test_s3_state_is_encrypted_locked_and_read_where_it_is_written(examples) -> None:
    written = examples["s3-state"]["network"].terraform["backend"]["s3"]
    assert written["use_lockfile"] is True
    assert written["encrypt"] is True
    read = examples["s3-state"]["endpoints"].data("terraform_remote_state")["network"]
    assert read["backend"] == "s3"
    assert {key: written[key] for key in ("bucket", "key", "region")} == read["config"]


def test_a_reader_refuses_a_contract_of_another_version(examples) -> None:
    read = examples["minimal"]["cluster"].data("terraform_remote_state")["network"]
    assert "self.outputs.contract_version" in read["lifecycle"]["postcondition"][0]["condition"]


def test_a_reader_that_needs_an_unpublished_output_fails_at_synth_by_name(tmp_path: Path, minimal_spec: str) -> None:
    from eksclave.design.open import open_design
    from eksclave.errors import EksclaveError

    from main import build

    (tmp_path / "spec.yaml").write_text(minimal_spec, encoding="utf-8")
    design = open_design(tmp_path / "spec.yaml")
    wrong = dataclasses.replace(
        design, cluster=dataclasses.replace(design.cluster, subnets=("control_plane-eu-central-1x",))
    )
    with pytest.raises(EksclaveError, match="publishes no 'control_plane-eu-central-1x' in its output subnet_ids"):
        build([wrong], outdir=str(tmp_path / "out"), home=tmp_path)


@pytest.mark.parametrize("stack", ORDER)
def test_day_0_reads_no_state_and_asks_nobody(day0, stack: str) -> None:
    made = day0[1][stack]
    assert "data" not in made.json
    if "aws" in made.json["provider"]:
        provider = made.json["provider"]["aws"][0]
        assert provider["skip_credentials_validation"] is True
        assert provider["skip_requesting_account_id"] is True
        assert set(provider["endpoints"][0].values()) == {"https://day0.invalid"}


@pytest.mark.parametrize("stack", ORDER)
def test_day_0_gates_every_resource_and_keeps_away_from_real_state(day0, stack: str) -> None:
    made = day0[1][stack]
    for kind, named in made.json["resource"].items():
        for name, resource in named.items():
            if kind != "terraform_data":
                assert "terraform_data.day0" in resource["depends_on"], f"{kind}.{name}"
    assert "day0-state" in made.terraform["backend"]["local"]["path"]


def test_stand_ins_have_the_shape_of_what_they_stand_for(day0) -> None:
    cluster = day0[1]["cluster"].one("aws_eks_cluster", "main")
    assert all(re.fullmatch(r"subnet-[0-9a-f]{17}", subnet) for subnet in cluster["vpc_config"]["subnet_ids"])


def test_addresses_are_the_same_on_day_0_and_after(day0, synth, minimal_spec: str) -> None:
    after = synth(minimal_spec)
    for stack in ORDER:
        made = {(kind, name) for kind, named in after[stack].json["resource"].items() for name in named}
        before = {(kind, name) for kind, named in day0[1][stack].json["resource"].items() for name in named}
        assert before - {("terraform_data", "day0")} == made

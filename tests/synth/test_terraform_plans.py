"""The real terraform reads what we write: validate, day-0 plans, and that a day-0 plan is never applied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import Terraform, terraform

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PLANNED = [
    *(("minimal", stack) for stack in ("network", "endpoints", "registry", "cluster", "access")),
    ("existing-vpc", "endpoints"),
    ("strict-network", "cluster"),
    ("irsa", "cluster"),
    ("fargate", "cluster"),
    ("auto-mode", "cluster"),
    *(("bottlerocket", stack) for stack in ("registry", "cluster")),
    ("operators", "access"),
    ("china", "endpoints"),
]


@pytest.fixture(scope="session")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    try:
        return terraform(tmp_path_factory.mktemp("terraform"))
    except ToolError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def day0_examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Path]]:
    """Every example, synthesized for day 0: its cluster's name and the folder of its stacks."""
    from eksclave.images.opened import open_designs

    from main import build

    home = tmp_path_factory.mktemp("planned")
    specs = sorted((ROOT / "clusters").glob("[0-9]*.yaml"))
    designs = {spec.stem.split("-", 1)[1]: open_designs([spec])[0] for spec in specs}
    build(list(designs.values()), outdir=str(home / "cdktf.out"), home=home, is_day0=True).synth()
    return {word: (design.name, home / "cdktf.out" / "stacks") for word, design in designs.items()}


@pytest.mark.parametrize(("example", "stack"), PLANNED)
def test_a_stack_is_valid_and_plans_without_state_credentials_or_network(
    binary: Terraform, day0_examples, example: str, stack: str
) -> None:
    name, stacks = day0_examples[example]
    folder = stacks / f"{name}-{stack}"
    binary.init(folder)
    if example == "minimal":
        binary.validate(folder)  # a plan validates too; the others are spared the time
    told = binary.plan(folder).stdout
    written = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))["resource"]
    made = sum(len(named) for named in written.values())
    assert f"Plan: {made} to add, 0 to change, 0 to destroy." in told


def test_a_stack_as_it_is_deployed_is_valid(binary: Terraform, tmp_path: Path) -> None:
    from eksclave.images.opened import open_designs

    from main import build

    (design,) = open_designs([ROOT / "clusters" / "02-existing-vpc.yaml"])
    build([design], outdir=str(tmp_path / "out"), home=tmp_path).synth()
    for stack in ("network", "access"):  # data sources with conditions; remote state with conditions
        folder = tmp_path / "out" / "stacks" / f"existing-{stack}"
        binary.init(folder)
        binary.validate(folder)


def test_a_day_0_plan_is_refused_when_applied_and_nothing_is_made(
    binary: Terraform, day0_examples, tmp_path: Path
) -> None:
    name, stacks = day0_examples["minimal"]
    folder = tmp_path / "stacks" / "registry"
    shutil.copytree(stacks / f"{name}-registry", folder, ignore=shutil.ignore_patterns(".terraform*", "plan.bin"))
    binary.init(folder)
    binary.plan(folder)
    one = "-target=aws_ecr_repository.registry-k8s-io-autoscaling-cluster-autoscaler"
    for arguments in (("plan.bin",), ("-auto-approve",), ("-auto-approve", one)):
        refused = binary.run(folder, "apply", "-input=false", "-no-color", *arguments)
        assert refused.code == 1
        assert "this is a day-0 plan" in refused.complaint
    assert not binary.run(folder, "state", "list").stdout.strip()


def test_even_without_its_gate_a_day_0_stack_reaches_nobody(binary: Terraform, day0_examples, tmp_path: Path) -> None:
    name, stacks = day0_examples["minimal"]
    folder = tmp_path / "stacks" / "registry"
    folder.mkdir(parents=True)
    text = (stacks / f"{name}-registry" / "cdk.tf.json").read_text(encoding="utf-8")
    written = json.loads(text)
    del written["resource"]["terraform_data"]
    for named in written["resource"].values():
        for resource in named.values():
            resource["depends_on"] = [one for one in resource["depends_on"] if one != "terraform_data.day0"]
    (folder / "cdk.tf.json").write_text(json.dumps(written), encoding="utf-8")
    binary.init(folder)
    refused = binary.run(folder, "apply", "-input=false", "-no-color", "-auto-approve")
    assert refused.code == 1
    assert "day0.invalid" in refused.complaint
    assert not binary.run(folder, "state", "list").stdout.strip()


def test_the_workloads_stack_is_valid_where_a_mirror_has_the_kubernetes_provider(
    binary: Terraform, day0_examples
) -> None:
    name, stacks = day0_examples["minimal"]
    folder = stacks / f"{name}-workloads"
    installed = binary.run(folder, "init", "-input=false", "-no-color")
    if not installed.succeeded:
        assert "hashicorp/kubernetes" in installed.complaint, installed.complaint
        pytest.skip("the plugin of the kubernetes provider is neither in a mirror nor to be had from the registry")
    binary.validate(folder)

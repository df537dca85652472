"""The example of another CDKTF app that uses our constructs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import terraform

APP = Path(__file__).resolve().parents[2] / "examples" / "own-app"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shop") / "out"
    environment = {**os.environ, "CDKTF_OUTDIR": str(out)}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=APP, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out / "stacks" / "shop"


def test_its_own_network_and_our_cluster_stand_in_one_stack(shop: Path) -> None:
    made = json.loads((shop / "cdk.tf.json").read_text(encoding="utf-8"))["resource"]
    assert set(made["aws_vpc"]) == {"shop"}
    assert "ecr-dkr" in made["aws_vpc_endpoint"]
    assert made["aws_eks_cluster"]["main"]["vpc_config"]["endpoint_public_access"] is False
    nodes = made["aws_eks_node_group"]["default"]["depends_on"]
    assert any(one.startswith("aws_vpc_endpoint.") for one in nodes), "nodes wait for the endpoints of this stack"


@pytest.mark.slow
def test_terraform_takes_it(shop: Path, tmp_path: Path) -> None:
    try:
        binary = terraform(tmp_path)
    except ToolError as missing:
        pytest.skip(str(missing))
    binary.init(shop)
    binary.validate(shop)

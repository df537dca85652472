"""Rehearsals with the real Terraform: one that goes well, and stacks that do not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from .tiny import ROOT, Bench, needs_terraform, tiny

pytestmark = pytest.mark.slow


@needs_terraform
def test_a_small_estate_goes_well_and_leaves_its_files_as_they_were(bench: Bench) -> None:
    before = {path: path.read_bytes() for path in sorted(bench.folder.rglob("*")) if path.is_file()}
    code, out, err = bench.run("--format", "json")
    assert code == 0, out + err
    told = json.loads(out)
    assert [(stack["name"], [stage["stage"] for stage in stack["stages"]]) for stack in told["stacks"]] == [
        (name, ["init", "plan", "apply", "second plan", "destroy"]) for name in ("tiny-network", "tiny-rules")
    ]
    assert told["left"] == []
    assert {proof["name"]: proof["outcome"] for proof in told["proofs"]}["services kept to"] == "pass"
    assert {path: path.read_bytes() for path in sorted(bench.folder.rglob("*")) if path.is_file()} == before


@needs_terraform
def test_a_refusal_names_the_stack_the_address_the_construct_and_the_providers_words(
    bench: Bench, tmp_path: Path
) -> None:
    wrong = tiny(tmp_path / "wrong", cidr_block="10.0.0.0/8")
    code, out, _ = bench.run("--stack", "tiny-network", folder=wrong)
    assert code == 1
    assert "error: tiny-network: apply: " in out or "error: tiny-network: plan: " in out
    assert "--> aws_vpc.main  (construct tiny-network/main)" in out
    assert "not well" in out


@needs_terraform
def test_two_rehearsals_at_once_do_not_meet(bench: Bench) -> None:
    both = [bench.start("--stack", "tiny-network") for _ in range(2)]
    outs = [process.communicate(timeout=400) for process in both]
    assert [process.returncode for process in both] == [0, 0], outs


@needs_terraform
def test_a_held_state_lock_is_told(bench: Bench, tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    folder = tiny(tmp_path / "s3", bucket="tiny-state")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = bench.start("--stack", "tiny-network", "--port", str(port), folder=folder)

    def hold() -> None:
        s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="eu-central-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        lock = {
            "ID": "1",
            "Operation": "apply",
            "Who": "somebody",
            "Version": "1.11.4",
            "Created": "2026-01-01T00:00:00Z",
            "Path": "x",
        }
        while process.poll() is None:
            try:
                s3.put_object(Bucket="tiny-state", Key="tiny-network.tfstate.tflock", Body=json.dumps(lock))
                return
            except Exception:  # the bucket is not there yet
                time.sleep(0.1)

    threading.Thread(target=hold, daemon=True).start()
    out, err = process.communicate(timeout=400)
    assert process.returncode == 1, out + err
    assert "Error acquiring the state lock" in out
    assert "= fix: another run holds the lock" in out


@needs_terraform
def test_what_is_kept_can_be_looked_at_and_ended(bench: Bench) -> None:
    code, out, err = bench.run("--stack", "tiny-network", "--keep")
    assert code == 0, out + err
    (private,) = [path for path in bench.tmp.iterdir() if path.name.startswith("eksclave-rehearsal-")]
    assert f"  . {private}/environment.sh" in out
    look = f". {private}/environment.sh && cd {private}/stacks/tiny-network && terraform state list"
    ask = "import boto3; print([vpc['CidrBlock'] for vpc in boto3.client('ec2').describe_vpcs()['Vpcs']])"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    seen = subprocess.run(
        ["sh", "-c", f'{look} && {sys.executable} -c "{ask}"'], env=clean, capture_output=True, text=True, check=False
    )
    assert "aws_vpc.main" in seen.stdout, seen.stderr
    assert "10.0.0.0/24" in seen.stdout, seen.stderr
    subprocess.run([private / "stop"], check=True)


@needs_terraform
def test_a_failure_leads_back_to_the_line_of_the_spec(bench: Bench, tmp_path: Path) -> None:
    spec = ROOT / "clusters" / "02-existing-vpc.yaml"
    zones = {"subnet-0a1b2c3d4e5f60701": "eu-central-1c", "subnet-0a1b2c3d4e5f60702": "eu-central-1b"}
    subnets = [{"id": subnet, "zone": zone} for subnet, zone in zones.items()]
    vpc = {"id": "vpc-0a1b2c3d4e5f60718", "region": "eu-central-1", "cidr": "10.20.0.0/16", "subnets": subnets}
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"vpcs": [vpc]}))
    code, out, _ = bench.run("--stack", "existing-network", "--seed", str(seed), folder=spec)
    assert code == 1
    assert "error: existing-network: plan: Resource postcondition failed" in out
    assert "--> data.aws_subnet.nodes-eu-central-1a  (construct existing-network/network/nodes-eu-central-1a)" in out
    line = next(i for i, text in enumerate(spec.read_text().splitlines(), 1) if "subnet-0a1b2c3d4e5f60701" in text)
    assert f"--> {spec}:{line} network.existing.subnets.nodes.eu-central-1a" in out

"""The real `cdktf` command line: synth, list, diff, and one deploy whose state file is looked at."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import terraform

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "node_modules" / ".bin" / "cdktf"
ACCOUNT = "123456789012"  # moto's


@pytest.fixture(scope="module")
def emulated_aws() -> Iterator[str]:
    """A moto server of this test's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/moto-api/", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, "moto ended before it answered"
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `cdktf.json` and one spec, whose app is ours."""
    if not CLI.exists():
        pytest.skip("cdktf-cli is not installed; `make node` installs it")
    folder = tmp_path_factory.mktemp("app")
    settings = {
        "language": "python",
        "app": f"{sys.executable} {ROOT / 'main.py'}",
        "output": "cdktf.out",
        "sendCrashReports": "false",
        "projectId": "5f0c9a1e-6c1d-4b7a-9a55-3d0f7b8a2e61",
    }
    (folder / "cdktf.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "prod.yaml").write_text(
        f'name: prod\nregion: eu-central-1\naccount: "{ACCOUNT}"\nstate: {{directory: {folder / "state"}}}\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def cdktf(app: Path, tmp_path: Path):
    """Return a function that runs the command line in the app's folder."""
    try:
        settings = terraform(tmp_path).environment
    except ToolError as missing:
        pytest.skip(str(missing))

    def run(*arguments: str, **extra: str) -> str:
        environment = {
            **settings,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CI": "1",
            "NO_COLOR": "1",
            "FORCE_COLOR": "0",
            "CHECKPOINT_DISABLE": "1",
            "CDKTF_SKIP_PROVIDER_LOCK": "true",
            "EKSCLAVE_SPECS": str(app / "prod.yaml"),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            **extra,
        }
        done = subprocess.run(
            [str(CLI), *arguments],
            cwd=app,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_synth_and_list_name_the_six_stacks(cdktf, app: Path) -> None:
    cdktf("synth")
    assert (app / "cdktf.out" / "stacks" / "prod-cluster" / "cdk.tf.json").is_file()
    told = cdktf("list")
    assert all(f"prod-{stack}" in told for stack in ("network", "endpoints", "registry", "cluster", "workloads"))


def test_diff_then_deploy_of_one_stack_writes_its_own_state_and_contract(cdktf, app: Path, emulated_aws: str) -> None:
    told = cdktf("diff", "prod-registry", AWS_ENDPOINT_URL=emulated_aws)
    assert "to add, 0 to change, 0 to destroy" in told
    cdktf("deploy", "prod-registry", "--auto-approve", AWS_ENDPOINT_URL=emulated_aws)
    assert [file.name for file in (app / "state").glob("*.tfstate")] == ["prod-registry.tfstate"]
    state = json.loads((app / "state" / "prod-registry.tfstate").read_text(encoding="utf-8"))
    outputs = {name: output["value"] for name, output in state["outputs"].items()}
    assert set(outputs) == {"contract_version", "host", "locked_images", "prefix", "repository_urls"}
    assert outputs["host"] == f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com"
    assert "mirror/registry.k8s.io/autoscaling/cluster-autoscaler" in outputs["repository_urls"]
    assert {made["type"] for made in state["resources"]} == {"aws_ecr_repository", "aws_ecr_lifecycle_policy"}

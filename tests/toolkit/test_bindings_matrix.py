"""The same app under the other bindings: an older AWS provider, and the fork `cdktn`, each in an environment of its own.

The environments are made once, under .cache/, with nothing compiled ahead. Needs a package index; skipped without one.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eksclave.toolkit.node import wheel_node_or_none

pytestmark = pytest.mark.slow
TREE = Path(__file__).resolve().parent.parent.parent
SPECS = ("01-minimal.yaml",)
BINDINGS = {
    "cdktf with AWS provider 5.100": (
        "cdktf==0.21.0",
        "cdktf-cdktf-provider-aws==20.1.0",
        "cdktf-cdktf-provider-kubernetes==12.1.1",
    ),
    "cdktn 0.24": (
        "cdktn==0.24.0",
        "cdktn-provider-aws==25.8.1",
        "cdktn-provider-kubernetes==17.1.0",
    ),
}
OURS = ("click", "jsii", "orjson", "pydantic", "pyyaml", "rich", "ruamel.yaml")
RunApp = Callable[..., Any]


@pytest.fixture(scope="module", params=sorted(BINDINGS))
def other_python(request: pytest.FixtureRequest) -> Path:
    """The Python of an environment that holds other bindings, and beside them what this tree needs, as locked here."""
    wanted = [*BINDINGS[request.param], *(f"{name}=={importlib.metadata.version(name)}" for name in OURS)]
    home = TREE / ".cache" / "matrix" / hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    python = home / "bin" / "python"
    if (home / "complete").is_file():
        return python
    venv.create(home, with_pip=True, clear=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-compile"]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True, timeout=900)
    if done.returncode and "from versions: none" in done.stderr:
        pytest.skip(f"no package index can be reached to install {request.param}")
    assert done.returncode == 0, done.stderr
    (home / "complete").write_text("\n".join(wanted))
    return python


@pytest.mark.parametrize("app", ["small_app.py", "main.py"])
def test_other_bindings_synthesize_the_same_but_for_versions(app: str, other_python: Path, run_app: RunApp) -> None:
    program = [Path(__file__).with_name(app) if app == "small_app.py" else TREE / app]
    extra = {
        "EKSCLAVE_SPECS": ":".join(str(TREE / "clusters" / name) for name in SPECS),
        "JSII_NODE": str(wheel_node_or_none() or "node"),
    }
    here, there = run_app(program, **extra), run_app(program, python=other_python, **extra)
    assert sorted(here.files) == sorted(there.files)
    stacks = [name for name in here.files if name.endswith("cdk.tf.json")]
    assert stacks
    for name in stacks:
        assert without_versions(here.files[name]) == without_versions(there.files[name]), name


def without_versions(text: bytes) -> dict[str, Any]:
    """Return a stack without what names the bindings: the toolkit's version, each provider's source and version.

    The bindings of kubernetes provider 3.4 write a block that may stand once as a list of one; to Terraform both are one.
    """
    stack: dict[str, Any] = json.loads(text)
    assert stack["//"]["metadata"].pop("version")
    for provider in stack["terraform"]["required_providers"].values():
        assert provider.pop("source").removeprefix("hashicorp/") in ("aws", "kubernetes")
        assert provider.pop("version")
    for kind, resources in stack.get("resource", {}).items():
        if kind.startswith("kubernetes_"):
            stack["resource"][kind] = one_block(resources)
    return stack


def one_block(value: Any) -> Any:
    """Return a value with each list of one object as that object."""
    if isinstance(value, dict):
        return {key: one_block(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return one_block(value[0]) if len(value) == 1 and isinstance(value[0], dict) else [one_block(v) for v in value]
    return value

"""What the seam changes, and that it changes nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.measure import peak

pytestmark = pytest.mark.slow
TREE = Path(__file__).resolve().parent.parent.parent
SMALL_APP = Path(__file__).with_name("small_app.py")
RunApp = Callable[..., Any]


def test_eager_and_lazy_bindings_synthesize_the_same_bytes(run_app: RunApp, lazily: Any) -> None:
    eagerly = run_app(EKSCLAVE_LAZY="0")
    assert (eagerly.said["lazy"], lazily.said["lazy"]) == (False, True)
    assert eagerly.files == lazily.files
    assert set(lazily.files) >= {"manifest.json", "stacks/network/cdk.tf.json", "stacks/cluster/cdk.tf.json"}
    assert len(eagerly.said["modules"]) > 2000


def test_only_the_modules_that_the_app_names_are_imported(lazily: Any) -> None:
    loaded = {name for name in lazily.said["modules"] if not name.endswith("_private") and "_jsii" not in name}
    aws, kubernetes = "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_kubernetes"
    of_aws = ("data_aws_iam_policy_document", "eks_cluster", "eks_node_group", "iam_role", "provider")
    assert loaded == {
        aws,
        *(f"{aws}.{module}" for module in (*of_aws, "security_group", "subnet", "vpc")),
        kubernetes,
        f"{kubernetes}.namespace_v1",
        f"{kubernetes}.provider",
    }


def test_objects_that_come_back_from_node_have_their_own_class(lazily: Any) -> None:
    assert lazily.said["reference_is_right"]


def test_an_aspect_written_in_python_sees_every_construct(lazily: Any) -> None:
    resources = lazily.stack("network")["resource"]
    tagged = [*resources["aws_vpc"].values(), *resources["aws_subnet"].values()]
    assert [resource["tags"].get("visited") for resource in tagged] == ["yes"] * 3


def test_children_inherit_no_option_of_ours(run_app: RunApp, lazily: Any) -> None:
    assert lazily.said["environment"] == {"NODE_OPTIONS": None, "JSII_NODE": None}
    said = run_app(NODE_OPTIONS="--no-warnings").said["environment"]
    assert said["NODE_OPTIONS"] == "--no-warnings"


def test_options_of_the_user_reach_node_and_its_prints_reach_the_terminal(run_app: RunApp, tmp_path: Path) -> None:
    script = tmp_path / "with space" / "hello.js"
    script.parent.mkdir()
    script.write_text("setImmediate(() => { console.log('printed: grüße'); console.error('complained'); });")
    ran = run_app(NODE_OPTIONS=f'--require "{script}"')
    assert "printed: grüße\n" in ran.stdout
    assert "complained\n" in ran.stderr


def test_nothing_is_printed_that_nobody_asked_for(lazily: Any) -> None:
    assert lazily.stderr == ""
    assert len(lazily.stdout.splitlines()) == 1


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="memory is read from /proc")
def test_python_and_node_together_stay_under_200_megabytes(lazily: Any, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(TREE / "lib"), "CDKTF_OUTDIR": str(tmp_path)}
    held = peak([sys.executable, str(SMALL_APP)], environment, TREE).resident
    assert 50_000_000 < held < 200_000_000


def test_a_seam_that_comes_too_late_says_so_and_changes_nothing(run_app: RunApp) -> None:
    ran = run_app(["-c", "import cdktf, sys, eksclave.toolkit.lazy, jsii; print('{}')"])
    assert "imported after cdktf" in ran.stderr
    assert ran.stderr.count("Warning") == 1


def test_a_jsii_that_cannot_resolve_late_gets_eager_bindings_and_one_warning(run_app: RunApp) -> None:
    program = """
import jsii, json, sys
del jsii._reference_map._submodule_fqn_map  # as before jsii 1.13x; Python's side of loading a package fills it only if a package brings one
import eksclave.toolkit.lazy
import cdktf_cdktf_provider_kubernetes.provider
print(json.dumps(sum(name.startswith("cdktf_cdktf_provider_kubernetes.") for name in sys.modules)))
"""
    ran = run_app(["-c", program])
    assert ran.said > 100
    assert ran.stderr.count("Warning") == 1
    assert "provider bindings load eagerly" in ran.stderr


def test_a_wrong_module_name_is_answered_with_the_right_one(run_app: RunApp) -> None:
    program = """
import json
from eksclave.toolkit import aws
try:
    aws.eks_clutser
except AttributeError as error:
    print(json.dumps(str(error)))
"""
    assert "did you mean 'eks_cluster'?" in run_app(["-c", program]).said


def test_both_names_give_the_same_classes(run_app: RunApp) -> None:
    program = """
import json
from eksclave.toolkit import cdktf, aws
import cdktn, cdktn_provider_aws.vpc
print(json.dumps([cdktn is cdktf, cdktn.App is cdktf.App, cdktn_provider_aws.vpc.Vpc is aws.vpc.Vpc]))
"""
    assert run_app(["-c", program]).said == [True, True, True]


def test_node_that_loads_ahead_gives_the_same_stacks(run_app: RunApp, lazily: Any) -> None:
    ran = run_app(["-c", f"import eksclave.toolkit.ahead, runpy; runpy.run_path({str(SMALL_APP)!r})"])
    assert ran.files == lazily.files
    assert ran.said == lazily.said
    assert ran.stderr == ""


def test_a_process_that_loads_ahead_and_then_wants_nothing_ends_quietly(run_app: RunApp) -> None:
    ran = run_app(["-c", "import eksclave.toolkit.ahead; print('{}')"])
    assert ran.stderr == ""

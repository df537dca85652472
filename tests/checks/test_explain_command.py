"""`eksclave explain`: which words it takes for a source and a destination, and what it says to others."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from eksclave.cli import app
from eksclave.errors import EksclaveError

from tests.checks.conftest import CORPORA

FLAT = CORPORA[0] / "flat" / "plan.json"


def run(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


@pytest.mark.parametrize(
    ("source", "destination", "said"),
    [
        ("", "api", "SOURCE is empty"),
        ("nodes", "", "DESTINATION is empty"),
        ("nodes", " ", "DESTINATION is empty"),
        ("e", "api", "nothing is called 'e'"),
        ("aws", "api", "nothing is called 'aws'"),
        ("api", "nodes", "'api' is a destination only; as source write control-plane"),
        ("node", "api", "did you mean 'nodes'?"),
        ("nodes", "ecr.apii", "no endpoint service is called 'ecr.apii'; did you mean 'ecr.api'?"),
        ("nodes", "kmss", "did you mean 'kms'?"),
        ("10.1.0.5/16", "api", "10.1.0.5/16 has host bits set; write 10.1.0.0/16"),
        ("nodes", "10.1.0.5/16", "10.1.0.5/16 has host bits set; write 10.1.0.0/16"),
        ("aws_eks_node_group.defualt", "api", "did you mean 'aws_eks_node_group."),
        ("ecr.api", "api", "'ecr.api' is an endpoint service, a destination only"),
        ("aws_eks_cluster.main", "nodes", "is the cluster; write control-plane for who sends"),
        ("nodes", "aws_eks_cluster.main", "api for what is called"),
        ("fd00::/8", "api", "fd00::/8 is a network of IPv6; explain traces IPv4"),
        ("nodes", "a..b", "nothing is called 'a..b'"),
    ],
)
def test_what_is_called_so_by_nobody_is_wrong_input(source, destination, said):
    done = run(FLAT, source, destination)
    assert isinstance(done.exception, EksclaveError) and done.exception.exit_code == 2
    assert said in str(done.exception)


def test_whole_addresses_and_names_are_taken():
    from tests.checks.conftest import plan_of

    def found(module):
        yield from module.get("resources", ())
        for child in module.get("child_modules", ()):
            yield from found(child)

    every = found(plan_of("flat")["planned_values"]["root_module"])
    groups = [one["address"] for one in every if one["type"] == "aws_eks_node_group"]
    assert groups
    for address in groups:
        done = run(FLAT, address, "api")
        assert done.exit_code == 0 and "nodes of" in done.output


@pytest.mark.parametrize(
    "name", ["api.ecr.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com.", "git.example.com"]
)
def test_a_dns_name_is_no_misspelt_service(name):
    done = run(FLAT, "nodes", name)
    assert done.exit_code in (0, 1) and f"→ {name.removesuffix('.')} on" in done.output

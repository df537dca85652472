"""Every resource of a correct plan removed by itself: each loss is named, or is one that harms nothing, with the reason."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from eksclave.reach.answer import Outcome

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("checks_conftest", HERE / "conftest.py")
plans = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(plans)

SELF_MANAGED_COPY = "EKS installs its own copy of this add-on with a new cluster"
NOT_CALLED = "nothing in this cluster calls the service"
NOT_ASKED = "the catalogue has no requirement for the cluster's own role"
ALONE = "what is left has nothing that needs it"
NOBODYS = "guards or routes nothing of the cluster"
REFERENCE = "other resources still refer to it: such an edit does not plan"

HARMLESS = {
    "flat": {
        "aws_eks_addon.*": SELF_MANAGED_COPY,
        "aws_eks_node_group.main": ALONE,
        "aws_iam_role.cluster": NOT_ASKED,
        "aws_iam_role_policy_attachment.cluster": NOT_ASKED,
        "aws_instance.bastion": ALONE,
        "aws_subnet.*": REFERENCE,
        'aws_vpc_endpoint.interface["eks"]': NOT_CALLED,
        'aws_vpc_endpoint.interface["logs"]': NOT_CALLED,
        'aws_vpc_endpoint.interface["sts"]': NOT_CALLED,
        "aws_vpc_security_group_egress_rule.bastion_s3": NOT_CALLED,
    },
    "inline": {
        "aws_default_*": NOBODYS,
        "aws_eks_node_group.*": ALONE,
        "aws_iam_role.cluster": NOT_ASKED,
        "aws_route_table.nodes*": REFERENCE,
        "aws_route_table_association.inner*": NOBODYS,
        "aws_subnet.nodes*": REFERENCE,
        "aws_vpc_endpoint.sts": NOT_CALLED,
    },
    "selfmanaged": {
        "aws_autoscaling_group.n": ALONE,
        "aws_eks_fargate_profile.f": ALONE,
        "aws_iam_role.cluster": NOT_ASKED,
        "aws_iam_role.fargate": REFERENCE,
        'aws_vpc_endpoint.i["autoscaling"]': NOT_CALLED,
        'aws_vpc_endpoint.i["eks*': NOT_CALLED,
        'aws_vpc_endpoint.i["elasticloadbalancing"]': NOT_CALLED,
        'aws_vpc_endpoint.i["sts"]': NOT_CALLED,
    },
}


def _mutants():
    for base in HARMLESS:
        root = plans.plan_of(base)["planned_values"]["root_module"]
        for _, one in plans._resources(root):
            if one["type"] != "aws_eks_cluster" and one["mode"] == "managed":
                yield base, one["address"]


@pytest.mark.parametrize(("base", "address"), [*_mutants()])
def test_a_removed_resource_is_missed_or_harmless(case, base, address):
    answer = case(base, [{"drop": address}])
    why = [reason for pattern, reason in HARMLESS[base].items() if plans._matches(address, pattern)]
    if why:
        assert answer.verdict is not Outcome.FAIL or why == [REFERENCE]
    else:
        assert answer.verdict is not Outcome.PASS

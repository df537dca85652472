"""What is written for the commercial partition does not exist in GovCloud and China."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents

FLAT = (Path(__file__).parent.parent / "corpus" / "flat" / "plan.json").read_text()


def failed(text: str, requirement: str) -> list[str]:
    answer = prove(snapshot(read_documents([("flat", orjson.loads(text))])))
    return [one.reason for one in answer.results if one.requirement == requirement and one.outcome is Outcome.FAIL]


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_managed_policies_of_another_partition_give_nothing(region: str, partition: str):
    moved = FLAT.replace("eu-central-1", region)
    moved = moved.replace("ec2.amazonaws.com", "ec2.amazonaws.com.cn") if partition == "aws-cn" else moved
    reasons = failed(moved, "R6")
    assert len(reasons) == 3 and all(f"does not exist in {region}" in reason for reason in reasons)
    assert "AmazonSSMManagedInstanceCore" in " ".join(failed(moved, "B2"))
    right = moved.replace("arn:aws:iam::aws:", f"arn:{partition}:iam::aws:")
    assert failed(right, "R6") == [] and failed(right, "B2") == []


def test_eks_in_china_asks_for_the_chinese_name_of_ec2():
    moved = FLAT.replace("eu-central-1", "cn-north-1").replace("arn:aws:iam::aws:", "arn:aws-cn:iam::aws:")
    (reason,) = failed(moved, "R6")
    assert "does not trust ec2.amazonaws.com.cn" in reason

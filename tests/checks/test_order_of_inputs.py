"""What stands in another input is applied by somebody else: no depends_on can name it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents

CORPUS = Path(__file__).parent.parent / "corpus"
ENDPOINTS = ("aws_vpc_endpoint.", "aws_vpc_security_group_ingress_rule.endpoints_https")
CARELESS = [{"forget": "aws_eks_node_group.main", "names": ["aws_vpc_endpoint.interface", "aws_vpc_endpoint.s3"]}]


def test_endpoints_of_another_input_are_assumed_to_stand(facts):
    found = facts("flat", CARELESS)
    alone = [result for result in prove(found).results if result.requirement == "R16"]
    assert [result.outcome for result in alone] == [Outcome.FAIL]
    resources = [one.origin.address for one in (*found.endpoints, *found.node_groups)]
    label = {address: "endpoints" if address.startswith(ENDPOINTS) else "cluster" for address in resources}
    apart = prove(replace(found, inputs=tuple(label.items()))).results
    (asked,) = [result for result in apart if result.requirement == "R16"]
    assert asked.outcome is Outcome.PASS
    assert any(text.startswith("endpoints is applied before cluster") for text in asked.assumptions)


def test_each_address_has_the_label_of_its_input():
    flat, inline = (orjson.loads((CORPUS / name / "plan.json").read_bytes()) for name in ("flat", "inline"))
    found = snapshot(read_documents([("flat", flat), ("inline", inline)]))
    assert found.input_of("aws_eks_node_group.main") == "flat"
    assert found.input_of("aws_vpc_endpoint.sts") == "inline"
    assert snapshot(read_documents([("flat", flat)])).input_of("aws_eks_node_group.main") == ""

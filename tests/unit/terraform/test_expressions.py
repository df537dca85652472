"""Expressions of synthesized JSON, evaluated as Terraform does; what is not known stays a reference or a hole."""

from __future__ import annotations

from typing import Any

import pytest
from eksclave.terraform.evaluate import Stack
from eksclave.terraform.values import Ref, Unknown

DOCUMENT: dict[str, Any] = {
    "variable": {"zones": {"default": ["a", "b"]}},
    "locals": {"cidr": "10.0.0.0/16", "loop": "${local.loop2}", "loop2": "${local.loop}"},
    "resource": {
        "aws_vpc": {"main": {"cidr_block": "${local.cidr}"}},
        "aws_subnet": {
            "each": {"for_each": "${toset(var.zones)}", "vpc_id": "${aws_vpc.main.id}", "zone": "${each.key}"},
            "count": {"count": 2, "cidr_block": "${cidrsubnet(local.cidr, 4, count.index)}"},
        },
    },
}


def evaluate(text: str) -> Any:
    return Stack("s", DOCUMENT, lambda address: address).evaluate(text, {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${aws_vpc.main.id}", Ref("aws_vpc.main", ("id",))),
        ("${aws_vpc.main.cidr_block}", "10.0.0.0/16"),
        ("x-${aws_vpc.main.cidr_block}", "x-10.0.0.0/16"),
        ("${aws_vpc.main.id}-x", "\x00-x"),
        ("$${aws_vpc.main.id}", "${aws_vpc.main.id}"),
        ('${aws_subnet.each["a"].id}', Ref('aws_subnet.each["a"]', ("id",))),
        ("${aws_subnet.count[1].cidr_block}", "10.0.16.0/20"),
        ("${aws_subnet.count.*.id}", [Ref("aws_subnet.count[0]", ("id",)), Ref("aws_subnet.count[1]", ("id",))]),
        ("${aws_subnet.count[*].cidr_block}", ["10.0.0.0/20", "10.0.16.0/20"]),
        ("${[for z in var.zones : upper(z)]}", ["A", "B"]),
        ('${{for z in var.zones : z => "x${z}" if z != "a"}}', {"b": "xb"}),
        ('${var.zones[0] == "a" ? 1 + 2 * 3 : 0}', 7),
        ("${concat(var.zones, [aws_vpc.main.id])}", ["a", "b", Ref("aws_vpc.main", ("id",))]),
        ('${jsonencode({Resource = [aws_vpc.main.arn, "*"]})}', '{"Resource":["\\u0000","*"]}'),
        ('${lookup({a = "b"}, "z", "d")}', "d"),
        ('${join(",", var.zones)}', "a,b"),
        ("${element(var.zones, 3)}", "b"),
        ('${format("%s/%d", "x", 3)}', "x/3"),
        ("${merge({a = 1}, {b = 2})}", {"a": 1, "b": 2}),
        ("${values(aws_subnet.each)[*].zone}", ["a", "b"]),
        ("${length(var.zones) > 1 && !false}", True),
    ],
)
def test_an_expression_means_what_terraform_takes_it_for(text: str, value: Any) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text", ["${local.loop}", "${sha256(local.cidr)}", "${aws_nothing.here.id}", "${)", "${1 +}", "${a(", "%{ if x }"]
)
def test_what_cannot_be_evaluated_is_unknown_with_a_reason(text: str) -> None:
    found = evaluate(text)
    assert isinstance(found, Unknown) and found.reason

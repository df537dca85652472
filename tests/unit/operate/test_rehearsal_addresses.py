"""The resource that a diagnostic speaks of."""

from __future__ import annotations

import pytest
from eksclave.operate.rehearse.stage import _resource


@pytest.mark.parametrize(
    ("address", "resource"),
    [
        ("aws_vpc.main", "aws_vpc.main"),
        ("data.aws_subnet.nodes-eu-central-1a.lifecycle.postcondition[0]", "data.aws_subnet.nodes-eu-central-1a"),
        ('module.net["a"].aws_route.x["k"].route_table_id', 'module.net["a"].aws_route.x["k"]'),
        ("provider", "provider"),
        ("", ""),
    ],
)
def test_an_address_ends_with_its_resource(address: str, resource: str) -> None:
    assert _resource(address) == resource

"""Things that were there before: a VPC with subnets and route tables of given ids, as an existing network has."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def seed(wanted: Json) -> Json:
    """Make what `wanted` names in its region and return the ids that were made.

    `{"region", "vpcs": [{"id", "cidr", "subnets": [{"id", "cidr", "zone"}], "tables": [...]}], "buckets": [...]}`
    """
    return {}

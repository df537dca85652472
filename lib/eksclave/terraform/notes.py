"""Kinds of what a reader says about an expression of which the plan keeps too little: assumed, plain, or too much."""

from __future__ import annotations

_PLACES = {
    "aws_autoscaling_group": "vpc_zone_identifier",
    "aws_eks_cluster": "vpc_config.0.subnet_ids",
    "aws_eks_fargate_profile": "subnet_ids",
    "aws_eks_node_group": "subnet_ids",
    "aws_lb": "subnets",
    "aws_vpc_endpoint": "subnet_ids",
}
"""Lists of subnets in any of which interfaces may be: what is proved of all of them holds for some of them.

That a cluster needs subnets of two zones (R1) is the one thing that fewer could break; its pass says so by itself.
"""


class Plain(str):
    """A note that assumes nothing: `aws_x.y[each.key]` beside an instance of this very key is what it says."""


class Whole(str):
    """A note that a list is taken whole, though a filter that the plan does not keep may have made it shorter."""


def kind_of(text: str, type: str, attribute: str) -> str:
    """Return the kind of a note about this attribute of a resource of this type."""
    if isinstance(text, Plain):
        return "plain"
    return "whole" if isinstance(text, Whole) and _PLACES.get(type) == attribute else "assumption"

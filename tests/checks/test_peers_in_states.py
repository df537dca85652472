"""Peering connections of states: AWS fills in the other side's Region always."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents
from eksclave.terraform.values import Ref

from tests.checks.conftest import plan_of

PEERING, PEER = "aws_vpc_peering_connection.p", "aws_vpc.peer"
SAID = Ref(PEERING, ("peer_region",))


@pytest.mark.parametrize(
    ("own", "peer_region", "peer_is", "crosses"),
    [
        (None, "eu-central-1", "eu-central-1", False),
        (None, "eu-west-1", "eu-west-1", True),
        (None, "eu-west-1", None, True),
        ("eu-central-1", SAID, None, False),
        ("eu-central-1", SAID, "eu-west-1", True),
        ("eu-central-1", "eu-central-1", None, False),
    ],
)
def test_regions_are_those_of_the_vpcs(own, peer_region, peer_is, crosses):
    world = read_documents([("flat", plan_of("flat"))])
    vpc = world.of("aws_vpc")[0]
    values = {"vpc_id": Ref(vpc.address, ("id",)), "peer_vpc_id": Ref(PEER, ("id",)), "peer_region": peer_region}
    found = {**world.resources, vpc.address: replace(vpc, region="eu-central-1")}
    found[PEERING] = replace(vpc, address=PEERING, type=PEERING.partition(".")[0], region=own, values=values)
    if peer_is is not None:
        found[PEER] = replace(vpc, address=PEER, region=peer_is, values={"id": Ref(PEER, ("id",))})
    (peering,) = snapshot(replace(world, resources=found)).peerings
    assert peering.cross_region is crosses

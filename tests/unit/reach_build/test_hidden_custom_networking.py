"""Where an add-on's configuration came through a module: only what the add-on waits for tells where pods go."""

from __future__ import annotations

from eksclave.reach.build.base import Build
from eksclave.reach.build.custom_networking import of_addons
from eksclave.terraform.model import Resource, World
from eksclave.terraform.values import Unknown

SUBNETS = ("module.vpc.aws_subnet.pods[0]", "module.vpc.aws_subnet.pods[1]")


def _placed(*waits_for: str) -> list[tuple[object, object]]:
    values = {"addon_name": "vpc-cni", "cluster_name": "c", "configuration_values": Unknown("made by an expression")}
    addon = Resource("aws_eks_addon.cni", "managed", "aws_eks_addon", "cni", values, waits_for=waits_for)
    found = {addon.address: addon}
    for address in waits_for:
        *module, type_, name = address.split(".")
        found[address] = Resource(address, "managed", type_, name, {"id": address}, module=".".join(module))
    return [(one.subnets, one.groups) for one in of_addons(Build(World(found)), elsewhere=False)]


def test_subnets_and_groups_that_an_expression_brings_are_those_of_pods():
    assert _placed(*SUBNETS, "aws_security_group.pods") == [(SUBNETS, ("aws_security_group.pods",))]


def test_what_depends_on_brings_with_its_whole_module_is_not():
    assert _placed(*SUBNETS, "module.vpc.aws_route_table_association.pods[0]") == []
    guarded = _placed(*SUBNETS, "module.doors.aws_security_group.doors", "module.doors.aws_vpc_endpoint.ec2")
    assert guarded == [(SUBNETS, ())]

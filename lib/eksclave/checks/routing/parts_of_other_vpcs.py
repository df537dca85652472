"""What belongs together is in one VPC: subnets, their tables and ACLs, endpoints, security groups.

Why
    AWS refuses to associate a subnet with a table of another VPC, or to attach another VPC's security group. Terraform
    plans it all the same, where one name stands for another: the apply stops half-way.

Fix
    Refer to the table, ACL or group of the same VPC.

Source
    EC2 API reference, AssociateRouteTable, ReplaceNetworkAclAssociation, CreateVpcEndpoint, CreateSubnet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, unsure
from eksclave.checks.people import linked_vpcs
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import Subnet
from eksclave.reach.facts.values import Origin, Value, choices, known_or

ASKS = ("R1", "R3", "R4", "R5", "R10", "R15")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Compare the VPCs of everything in the cluster's reach: its own VPC and those that are linked to it."""
    near, by = {view.vpc_key, *linked_vpcs(view)}, view.snapshot
    for subnet in (one for one in by.subnets if one.vpc in near):
        yield from _of_subnet(view, subnet)
    for endpoint in by.endpoints:
        where, vpc = endpoint.origin, known_or(endpoint.vpc, "")
        if vpc not in near:
            continue
        for many in choices(endpoint.subnets) or ():
            yield from _strays(view, "R15", many, by.subnet_by_key, vpc, where)
        yield from _groups(view, "R10", endpoint.groups, vpc, where)
        for many in choices(endpoint.route_tables) or ():
            yield from _strays(view, "R3", many, by.route_table_by_key, vpc, where)
    yield from _groups(view, "R5", view.cluster.extra_groups, view.vpc_key, view.cluster.origin)
    for group in view.node_groups:
        yield from _groups(view, "R5", group.groups, view.vpc_key, group.origin)


def _of_subnet(view: View, subnet: Subnet) -> Iterator[Result]:
    tables, acls = view.snapshot.route_table_by_key, view.snapshot.nacl_by_key
    table, acl = known_or(subnet.route_table, None), known_or(subnet.nacl, "")
    if table is not None:
        yield from _strays(view, "R3", (table,), tables, subnet.vpc, subnet.route_table_origin or subnet.origin)
    yield from _strays(view, "R4", (acl,), acls, subnet.vpc, subnet.nacl_origin or subnet.origin)
    vpc, cidr = view.snapshot.vpc_by_key.get(subnet.vpc), known_or(subnet.cidr, None)
    ranges = known_or(vpc.cidrs, ()) if vpc and not vpc.cidrs_incomplete else ()
    if vpc and cidr is not None and ranges and not any(cidr.subnet_of(one) for one in ranges):
        reason = f"{cidr} of {subnet.origin.address} is in no range of {vpc.origin.address}"
        only_read = ".data." in f".{vpc.origin.address}"
        yield unsure(view, "R1", reason, subnet.origin) if only_read else fails(view, "R1", reason, subnet.origin)


def _groups(view: View, id: str, value: Value[tuple[str, ...]], vpc: str, where: Origin) -> Iterator[Result]:
    named = choices(value)
    if named is not None and len(named) == 1:
        yield from _strays(view, id, named[0], view.snapshot.group_by_key, vpc, where)


def _strays(view: View, id: str, keys: Sequence[str], known: object, vpc: str, where: Origin) -> Iterator[Result]:
    """Yield a fail for each of these things that is surely in another VPC of the input."""
    for key in keys:
        thing = known.get(key) if isinstance(known, dict) else None
        theirs = known_or(thing.vpc, "") if thing else ""
        if theirs and theirs != vpc and theirs in view.snapshot.vpc_by_key and vpc:
            reason = f"{where.address} is joined with {key}, which is in another VPC ({theirs})"
            yield fails(view, id, reason, where, fix=f"refer from {where.address} to one in {vpc}")

"""VPCs, their DHCP options, and subnets with what is associated with them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from eksclave.reach.build.base import NACL, SUBNET, TABLE, VPC, Build, once
from eksclave.reach.facts import network
from eksclave.reach.facts.values import AFTER_APPLY, HOLE, NOT_IN_INPUT, OneOf, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref, Sensitive
from eksclave.terraform.values import Unknown as NotKnown


def vpcs(build: Build) -> tuple[network.Vpc, ...]:
    """Return every VPC that the input makes or reads."""
    beside = {kind: _by_vpc(build, kind) for kind in _BESIDE}
    return once(_vpc(build, vpc, beside) for vpc in owned(build, "aws_vpc", "aws_default_vpc"))


_BESIDE = (
    "aws_vpc_dhcp_options_association",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_ipv6_cidr_block_association",
)
Beside = dict[str, dict[str | None, list[Resource]]]


def _by_vpc(build: Build, kind: str) -> dict[str | None, list[Resource]]:
    """Return the associations of a kind by the VPC that they belong to, None where that is not known."""
    found: dict[str | None, list[Resource]] = {}
    for association in build.of(kind):
        found.setdefault(build.key(association.get("vpc_id"), *VPC), []).append(association)
    return found


def owned(build: Build, *types: str) -> Iterator[Resource]:
    """Yield resources and data sources of a kind; one that only reads what another resource manages is left out."""
    for resource in build.of(*types, data=True):
        if build.identity(Ref(resource.address, ("id",)), *types) == resource.address:
            yield resource


def _vpc(build: Build, vpc: Resource, beside: Beside) -> network.Vpc:
    key, renamed = vpc.address, build.renamed
    ranges: list[Value[network.Network]] = [build.cidr(vpc.get("cidr_block"))]
    incomplete = ""
    associations = beside["aws_vpc_ipv4_cidr_block_association"]
    ranges += [build.cidr(association.get("cidr_block")) for association in associations.get(key, ())]
    for association in associations.get(None, ()):
        incomplete = f"{association.address} may belong to it"
    for listed in vpc.blocks("cidr_block_associations"):
        ranges.append(build.cidr(listed.get("cidr_block")))
    known = [one for one in dict.fromkeys(ranges) if not isinstance(one, Unknown) and _is_v4(one)]
    if len(known) < len(set(map(str, ranges))):
        incomplete = incomplete or "a range is known only after apply"
    first = ranges[0]
    return network.Vpc(
        key,
        build.origin(vpc),
        first if isinstance(first, Unknown) else tuple(known),  # type: ignore[arg-type]
        vpc.region or NOT_IN_INPUT,
        _main_table(build, key),
        renamed[f"{key}.default_network_acl_id"],
        renamed[f"{key}.default_security_group_id"],
        build.flag(build.option(vpc, "enable_dns_support"), True),
        build.flag(build.option(vpc, "enable_dns_hostnames"), vpc.type == "aws_default_vpc"),
        _dhcp(build, vpc, beside),
        incomplete,
        bool(build.option(vpc, "ipv6_cidr_block") or build.option(vpc, "assign_generated_ipv6_cidr_block"))
        or key in beside["aws_vpc_ipv6_cidr_block_association"],
        build.text(vpc.get("owner_id"), NOT_IN_INPUT),
        build.tags(vpc),
        build.text(vpc.get("id"), AFTER_APPLY),
    )


def _main_table(build: Build, key: str) -> Value[str]:
    table, other = build.renamed[f"{key}.main_route_table_id"], build.unclear_main_table
    return OneOf((table, other), f"{other} is made the main table of a VPC that is not known") if other else table


def _is_v4(found: object) -> bool:
    return getattr(found, "version", 0) == 4


def _dhcp(build: Build, vpc: Resource, beside: Beside) -> Value[str | None]:
    for association in beside["aws_vpc_dhcp_options_association"].get(vpc.address, ()):
        return build.one(association.get("dhcp_options_id"), "aws_vpc_dhcp_options")
    for association in beside["aws_vpc_dhcp_options_association"].get(None, ()):
        return Unknown(f"{association.address} may be for this VPC")
    named = build.key(vpc.get("dhcp_options_id"), "aws_vpc_dhcp_options")
    if named == "default":
        return None  # the word that the API uses where no set was ever associated
    known = {options.address for options in build.of("aws_vpc_dhcp_options", data=True)}
    known |= {options.address for options in build.of("aws_default_vpc_dhcp_options")}
    if named in known:
        return named
    if vpc.mode == "data" and named:
        return named  # a set that the input does not show
    return None


def dhcp_options(build: Build) -> tuple[network.DhcpOptions, ...]:
    """Return the option sets."""
    found: list[network.DhcpOptions] = []
    for options in build.of("aws_vpc_dhcp_options", data=True):
        servers = build.items(build.option(options, "domain_name_servers"))
        found.append(
            network.DhcpOptions(
                options.address,
                build.origin(options),
                AFTER_APPLY if servers is None else tuple(str(server) for server in servers),
                build.text(build.option(options, "domain_name")),
            )
        )
    found += [network.DhcpOptions(o.address, build.origin(o)) for o in build.of("aws_default_vpc_dhcp_options")]
    return once(found)


def subnets(build: Build) -> tuple[network.Subnet, ...]:
    """Return every subnet that the input makes or reads."""
    tables = _table_associations(build)
    acls = _acl_associations(build)
    vpc_by_key = {vpc.address: vpc for vpc in owned(build, "aws_vpc", "aws_default_vpc")}
    tags = extra_tags(build, *SUBNET)
    return once(
        _subnet(build, subnet, tables, acls, vpc_by_key, tags)
        for subnet in owned(build, "aws_subnet", "aws_default_subnet")
    )


Associations = dict[str | None, tuple[Value[str], Origin | None]]
"""What subnets are associated with, by key; None holds what decides for the others where some subnet is not known."""


def _subnet(
    build: Build,
    subnet: Resource,
    tables: Associations,
    acls: Associations,
    vpc_by_key: dict[str, Resource],
    tags: dict[str | None, tuple[tuple[str, str], ...]],
) -> network.Subnet:
    key = subnet.address
    owner = build.one(subnet.get("vpc_id"), *VPC)
    vpc = owner if isinstance(owner, str) else f"{key}#unknown-vpc"
    table, table_origin = tables.get(key) or tables.get(None, (None, None))
    if table is None and subnet.mode == "data":
        table = NOT_IN_INPUT
    fallback: Value[str] = build.renamed.get(f"{vpc}.default_network_acl_id", f"{vpc}#default-network-acl")
    if subnet.mode == "data" or vpc not in vpc_by_key:
        fallback = NOT_IN_INPUT
    nacl, nacl_origin = acls.get(key) or acls.get(None, (fallback, None))
    cidr = build.cidr(subnet.get("cidr_block"))
    ipv6 = bool(build.option(subnet, "ipv6_cidr_block"))
    zone = build.text(build.option(subnet, "availability_zone"), NOT_IN_INPUT)
    if isinstance(zone, Unknown):
        zone = build.text(build.option(subnet, "availability_zone_id"), NOT_IN_INPUT)
    return network.Subnet(
        key,
        build.origin(subnet),
        vpc,
        cidr,  # type: ignore[arg-type]
        nacl,
        table,
        table_origin,
        nacl_origin,
        zone,
        build.flag(build.option(subnet, "map_public_ip_on_launch"), subnet.type == "aws_default_subnet"),
        ipv6,
        build.option(subnet, "ipv6_native") is True,
        build.tags(subnet) + tags.get(key, ()),
        build.tags_incomplete(subnet),
        build.text(subnet.get("id"), AFTER_APPLY),
    )


def extra_tags(build: Build, *types: str) -> dict[str | None, tuple[tuple[str, str], ...]]:
    """Return the tags that `aws_ec2_tag` puts on things of these types from elsewhere, by key."""
    found: dict[str | None, list[tuple[str, str]]] = {}
    for tag in build.of("aws_ec2_tag"):
        if isinstance(tag.get("key"), str):
            pair = (tag.get("key"), tag.get("value") if isinstance(tag.get("value"), str) else HOLE)
            named = build.world.resolve(tag.get("resource_id"))
            if isinstance(named, NotKnown) and len(named.references) == 1:
                named = named.references[0]  # an id that is made of one id alone is that id
            found.setdefault(build.key(named, *types), []).append(pair)
    return {key: tuple(sorted(many)) for key, many in found.items()}


def _table_associations(build: Build) -> Associations:
    found: Associations = {}
    for association in build.of("aws_route_table_association"):
        if build.option(association, "subnet_id") is None:
            continue  # an association with a gateway
        subnet = build.one(association.get("subnet_id"), *SUBNET)
        table = build.one(association.get("route_table_id"), *TABLE)
        _associate(build, found, association, subnet, table, "route table")
    for table in build.of("aws_route_table", data=True):  # what a state or a data source lists
        for listed in table.blocks("associations"):
            if isinstance(listed.get("subnet_id"), str) and listed["subnet_id"]:
                subnet = build.key(listed["subnet_id"], *SUBNET)
                key = build.key(Ref(table.address, ("id",)), *TABLE) or table.address
                if subnet is not None:
                    found.setdefault(subnet, (key, build.origin(table, "associations")))
    return found


def _acl_associations(build: Build) -> Associations:
    """A standalone association, the `subnet_ids` of an ACL; the default ACL's `subnet_ids` change nothing."""
    found: Associations = {}
    for association in build.of("aws_network_acl_association"):
        subnet = build.one(association.get("subnet_id"), *SUBNET)
        acl = build.one(association.get("network_acl_id"), *NACL)
        _associate(build, found, association, subnet, acl, "network ACL")
    for acl in build.of("aws_network_acl", data=True):
        if acl.computed("subnet_ids"):
            continue
        named = build.many(acl.get("subnet_ids"), *SUBNET)
        if isinstance(named, Unknown):
            why = f"{acl.address} may guard it: which subnets it names is not known ({named.reason})"
            found.setdefault(None, (Unknown(why), None))
            continue
        certain = named if isinstance(named, tuple) else ()
        for subnet in certain:
            other = found.setdefault(subnet, (acl.address, build.origin(acl, "subnet_ids")))[0]
            if other != acl.address and isinstance(other, str):  # a subnet has one: of one of the lists a part is meant
                found[subnet] = (Unknown(f"both {other} and {acl.address} name it"), build.origin(acl, "subnet_ids"))
        if not isinstance(named, tuple):
            for subnet in sorted({one for choice in named.candidates for one in choice}):
                found.setdefault(subnet, (Unknown(f"may be {acl.address}"), build.origin(acl, "subnet_ids")))
    return found


def _associate(
    build: Build, found: Associations, association: Resource, subnet: Value[str], target: Value[str], what: str
) -> None:
    if isinstance(subnet, str):
        found[subnet] = (target, build.origin(association))
    elif isinstance(subnet, Unknown):
        found.setdefault(None, (Unknown(f"{association.address}, a {what} association, may be for this subnet"), None))
    else:
        for one in subnet.candidates:
            found.setdefault(one, (Unknown(f"may be that of {association.address}"), build.origin(association)))


def secret_ranges(build: Build) -> tuple[network.Network, ...]:
    """Return the ranges of VPCs and subnets that are marked as sensitive."""
    marked = [
        build.cidr(one.get("cidr_block"))
        for one in build.of("aws_vpc", "aws_subnet", "aws_vpc_ipv4_cidr_block_association", data=True)
        if isinstance(one.values.get("cidr_block"), Sensitive)
    ]
    return tuple(sorted({one for one in marked if isinstance(one, (IPv4Network, IPv6Network))}, key=str))

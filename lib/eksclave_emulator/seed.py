"""Things that were there before: networks, principals and buckets with ids of one's own choosing."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def seed(wanted: Json) -> Json:
    """Make what `wanted` names, in this order, and return how many of each were made.

    ```
    {"account", "buckets": [{"name", "region", "table"}], "principals": ["arn:…:role/Admin"],
     "vpcs": [{"id", "region", "account", "cidr", "subnets": [{"id", "zone", "cidr"}], "tables": ["rtb-…"],
               "groups": ["sg-…"], "endpoints": [{"id", "service"}]}], "gateways": [{"id", "region"}]}
    ```
    """
    made = {}
    for kind, make in (("buckets", _bucket), ("principals", _principal), ("vpcs", _vpc), ("gateways", _gateway)):
        for one in wanted.get(kind, []):
            make(one, str(wanted["account"]))
        made[kind] = len(wanted.get(kind, []))
    return made


def _bucket(one: Json, account: str) -> None:
    from moto.backends import get_backend
    from moto.utilities.utils import get_partition

    get_backend("s3")[account][get_partition(one["region"])].create_bucket(one["name"], one["region"])
    if one.get("table"):
        get_backend("dynamodb")[account][one["region"]].create_table(
            one["table"],
            schema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            throughput=None,
            attr=[{"AttributeName": "LockID", "AttributeType": "S"}],
            global_indexes=None,
            indexes=None,
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )


def _principal(arn: str, account: str) -> None:
    from moto.backends import get_backend

    partition, own, path = arn.split(":")[1], arn.split(":")[4], arn.split(":", 5)[5]
    if own != account:
        return
    kind, _, name = path.partition("/")
    iam = get_backend("iam")[account][partition]
    before, _, last = name.rpartition("/")
    place = f"/{before}/" if before else "/"
    if kind == "role":
        iam.create_role(last, "{}", place, None, None, [], "3600")
    elif kind == "user":
        iam.create_user(iam.region_name, last, place)


def _vpc(one: Json, account: str) -> None:
    ec2 = _ec2(one.get("account") or account, one["region"])
    with _named("vpcs", "random_vpc_id", one["id"]):
        vpc = ec2.create_vpc(one["cidr"])
    for attribute in ("enable_dns_support", "enable_dns_hostnames"):
        ec2.modify_vpc_attribute(vpc.id, attribute, "true")
    ranges = ipaddress.ip_network(one["cidr"])
    free = ranges.subnets(new_prefix=max(ranges.prefixlen + 4, min(24, 28)))
    for group in one.get("groups", []):
        with _named("security_groups", "random_security_group_id", group):
            ec2.create_security_group(f"seed-{group}", "was there before", vpc.id)
    tables = [_table(ec2, vpc.id, table) for table in one.get("tables", [])]
    for subnet in one.get("subnets", []):
        with _named("subnets", "random_subnet_id", subnet["id"]):
            ec2.create_subnet(vpc.id, subnet.get("cidr") or str(next(free)), None, subnet["zone"])
        if not one.get("tables"):
            tables.append(_table(ec2, vpc.id, None))
        ec2.associate_route_table(tables[len(tables) - 1].id, subnet_id=subnet["id"])
    for point in one.get("endpoints", []):
        with _named("vpcs", "random_vpc_ep_id", point["id"]):
            ec2.create_vpc_endpoint(vpc.id, point["service"], "Gateway", None, [table.id for table in tables])


def _table(ec2: Any, vpc: str, ident: str | None) -> Any:
    with _named("route_tables", "random_route_table_id", ident) if ident else contextlib.nullcontext():
        return ec2.create_route_table(vpc)


def _gateway(one: Json, account: str) -> None:
    ec2 = _ec2(account, one["region"])
    with _named("transit_gateway", "random_transit_gateway_id", one["id"]):
        ec2.create_transit_gateway("was there before", {}, [])


def _ec2(account: str, region: str) -> Any:
    from moto.backends import get_backend

    return get_backend("ec2")[account][region]


@contextlib.contextmanager
def _named(module: str, maker: str, ident: str) -> Iterator[None]:
    """moto takes ids from makers of random ones; while this lasts, the maker gives the id that is wanted."""
    import importlib

    loaded = importlib.import_module(f"moto.ec2.models.{module}")
    before = getattr(loaded, maker)
    setattr(loaded, maker, lambda *_, **__: ident)
    try:
        yield
    finally:
        setattr(loaded, maker, before)

"""What a folder takes to be there already: ids and principals written out in it that none of its stacks makes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from eksclave.errors import EksclaveError

from .estate import Json, Stack, as_list

_ID = re.compile(r"\b(vpc|subnet|rtb|sg|vpce|tgw)-[0-9a-f]{8,17}\b")
_PRINCIPAL = re.compile(r"\barn:aws[a-z-]*:iam::\d{12}:(?:role|user)/[\w+=,.@/-]+")
_CIDR = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b")
_ZONE = re.compile(r"\b[a-z]{2}(?:-[a-z]+)+-\d[a-f]\b")

KINDS = ("buckets", "gateways", "principals", "vpcs")
"""What a seed may hold, each a list."""


def existing(stacks: Sequence[Stack], account: str) -> Json:
    """Return the seed that these stacks need: VPCs with subnets, tables, groups and endpoints, principals, gateways."""
    region = region_of(stacks)
    ids: dict[str, list[str]] = {}
    for stack in stacks:
        text = json.dumps(stack.body)
        for match in _ID.finditer(text):
            ids.setdefault(match[1], []).append(match[0])
    found = {kind: list(dict.fromkeys(named)) for kind, named in ids.items()}
    peers = _peers(stacks)
    principals = sorted({match[0] for stack in stacks for match in _PRINCIPAL.finditer(json.dumps(stack.body))})
    own = [vpc for vpc in found.get("vpc", []) if vpc not in peers]
    taken = {table for peer in peers.values() for table in peer["tables"]}
    found["rtb"] = [table for table in found.get("rtb", []) if table not in taken]
    vpcs = [_vpc(stacks, vpc, region, index, found if index == 0 else {}) for index, vpc in enumerate(own)]
    for index, (vpc, peer) in enumerate(sorted(peers.items())):
        assumed = {"region": region, "account": account, "cidr": f"10.{200 + index}.0.0/16"}
        vpcs.append({"id": vpc, **assumed, **{word: value for word, value in peer.items() if value}})
    gateways = [{"id": gateway, "region": region} for gateway in found.get("tgw", [])]
    return {"account": account, "vpcs": vpcs, "principals": principals, "gateways": gateways}


def read_seed(file: Path) -> Json:
    """Return what a user's file says is there already; raise where it is not an object of lists."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise EksclaveError(f"this is not JSON: {wrong}", "", str(file)) from None
    odd = sorted(set(said) - set(KINDS)) if isinstance(said, dict) else ["not an object"]
    if odd:
        raise EksclaveError(f"'{odd[0]}' is not known here; known: {', '.join(KINDS)}", "", str(file))
    return said


def named(seed: Json) -> list[str]:
    """Return the ids of a seed for a person to read."""
    vpcs = seed.get("vpcs", [])
    parts = [part["id"] for vpc in vpcs for kind in ("subnets", "endpoints") for part in vpc.get(kind, [])]
    plain = [ident for vpc in vpcs for kind in ("tables", "groups") for ident in vpc.get(kind, [])]
    whole = [one["id"] for one in (*vpcs, *seed.get("gateways", []))]
    return [*whole, *parts, *plain, *seed.get("principals", [])]


def _vpc(stacks: Sequence[Stack], vpc: str, region: str, index: int, found: dict[str, list[str]]) -> Json:
    """The first VPC holds every other id; its range is the one that its data source asks for."""
    said = " ".join(json.dumps(body) for stack in stacks for kind, _, body in stack.blocks("data")
                    if kind == "aws_vpc" and vpc in json.dumps(body))  # fmt: skip
    cidr = next(iter(_CIDR.findall(said)), f"10.{100 + index}.0.0/16")
    subnets = [
        {"id": subnet, "zone": _zone(stacks, subnet, region, i)} for i, subnet in enumerate(found.get("subnet", []))
    ]
    endpoints = [{"id": point, "service": f"com.amazonaws.{region}.s3"} for point in found.get("vpce", [])]
    return {"id": vpc, "region": region, "cidr": cidr, "subnets": subnets, "tables": found.get("rtb", []),
            "groups": found.get("sg", []), "endpoints": endpoints}  # fmt: skip


def _zone(stacks: Sequence[Stack], subnet: str, region: str, index: int) -> str:
    """The zone that the subnet's data source speaks of, or the Region's zones in turn."""
    for stack in stacks:
        for kind, _, body in stack.blocks("data"):
            if kind == "aws_subnet" and body.get("id") == subnet:
                for zone in _ZONE.findall(json.dumps(body)):
                    return str(zone)
    return f"{region}{'abc'[index % 3]}"


def _peers(stacks: Iterable[Stack]) -> dict[str, Json]:
    """VPCs at the other end of a peering: Region and account, the range that routes lead to, tables with a way back."""
    found: dict[str, Json] = {}
    for stack in stacks:
        routes = [body for kind, _, body in stack.blocks("resource") if kind == "aws_route"]
        for kind, name, body in stack.blocks("resource"):
            if kind == "aws_vpc_peering_connection" and _ID.fullmatch(str(body.get("peer_vpc_id"))):
                over = [one for one in routes if f"connection.{name}." in str(one.get("vpc_peering_connection_id"))]
                back = [one for one in over if _ID.fullmatch(str(one.get("route_table_id")))]
                there = [str(one["destination_cidr_block"]) for one in over
                         if one not in back and one.get("destination_cidr_block")]  # fmt: skip
                found[body["peer_vpc_id"]] = {
                    "region": str(body.get("peer_region") or ""),
                    "account": str(body.get("peer_owner_id") or ""),
                    "cidr": there[0] if there else "",
                    "tables": sorted({str(one["route_table_id"]) for one in back}),
                }
    return found


def region_of(stacks: Iterable[Stack]) -> str:
    """The Region of the first provider that names one."""
    for stack in stacks:
        for block in as_list(stack.body.get("provider", {}).get("aws")):
            if block.get("region") and not block.get("alias"):
                return str(block["region"])
    return "us-east-1"

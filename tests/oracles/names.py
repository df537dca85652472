"""What a name answers in a VPC, by a list of rules read top down, and worlds of zones and endpoints to try them in.

Sources: VPC user guide (DNS attributes, DHCP option sets), Route 53 guide (private hosted zones: the most specific zone
answers alone, wildcards), PrivateLink guide (private DNS), EKS facts (the `oidc.eks` trap).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from eksclave.reach.facts.dns import PrivateZone, ZoneRecord
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.network import DhcpOptions, Subnet, Vpc
from eksclave.reach.facts.values import Origin
from eksclave.reach.snapshot import Snapshot
from hypothesis import strategies as st

HERE = "eu-central-1.amazonaws.com"
COVERED = {
    "ecr.api": (f"api.ecr.{HERE}",),
    "ecr.dkr": (f"*.dkr.ecr.{HERE}", f"dkr.ecr.{HERE}"),
    "sts": (f"sts.{HERE}",),
    "eks": (f"eks.{HERE}",),
    "ec2": (f"ec2.{HERE}",),
}
"""The names that each service's private zone has; the zone is the last of them. Others have their regional name."""


def covered(service: str) -> tuple[str, ...]:
    """Return the names in the private zone of a service (`com.amazonaws.REGION.SUFFIX`), its zone last."""
    _, _, region, suffix = service.split(".", 3)
    usual = {
        "eks-auth": (f"eks-auth.{region}.api.aws",),
        "s3": (f"*.s3.{region}.amazonaws.com", f"s3.{region}.amazonaws.com"),
    }
    names = usual.get(suffix) or COVERED.get(suffix) or (f"{suffix}.{region}.amazonaws.com",)
    return tuple(name.replace("eu-central-1", region) for name in names)


SERVERS = (
    ("AmazonProvidedDNS",),
    ("10.0.0.2",),
    ("169.254.169.253",),
    ("192.0.2.53",),
    ("AmazonProvidedDNS", "192.0.2.53"),
    (),
)
ZONES = {
    "corp.example": ("corp.example", "a.corp.example", "*.corp.example"),
    "deep.corp.example": ("b.deep.corp.example",),
    "amazonaws.com": (f"sts.{HERE}",),
    f"ecr.{HERE}": (f"api.ecr.{HERE}", f"*.dkr.ecr.{HERE}"),
    f"123.dkr.ecr.{HERE}": (f"123.dkr.ecr.{HERE}",),
}
ASKED = (
    f"api.ecr.{HERE}",
    f"123.dkr.ecr.{HERE}",
    f"1.2.dkr.ecr.{HERE}",
    f"sts.{HERE}",
    "sts.amazonaws.com",
    f"eks.{HERE}",
    f"oidc.eks.{HERE}",
    f"ec2.{HERE}",
    "ec2.us-east-1.amazonaws.com",
    "corp.example",
    "a.corp.example",
    "c.corp.example",
    "b.deep.corp.example",
    "z.deep.corp.example",
    "notcorp.example",
)


@dataclass(frozen=True)
class NameCase:
    """A world, the VPC that asks, the name."""

    world: Snapshot
    vpc: str
    name: str


def expected(case: NameCase) -> set[tuple[str, object]]:
    """Return the possible answers as (kind, what it leads to)."""
    vpc: Any = case.world.vpc_by_key[case.vpc]
    options: Any = next((one for one in case.world.dhcp_options if one.key == vpc.dhcp), None)
    servers = ("AmazonProvidedDNS",) if options is None else options.servers
    if not servers:
        return {("no-resolver", "")}
    amazon = {"AmazonProvidedDNS", "169.254.169.253", str(vpc.cidrs[0][2])}
    found = set[tuple[str, object]]()
    for server in servers:
        if server not in amazon:
            found.add(("unknown", ""))
        elif not vpc.dns_support:
            found.add(("no-resolver", ""))
        else:
            found.add(_from_amazon(case, private=vpc.dns_hostnames))
    return found


def _from_amazon(case: NameCase, *, private: bool) -> tuple[str, object]:
    labels = case.name.split(".")
    spaces = dict[str, dict[str, tuple[str, object]]]()
    world: Any = case.world
    for zone in world.private_zones:
        if case.vpc in zone.vpcs and private:
            spaces[zone.name] = {
                one.name: ("endpoint", one.alias.target) if one.alias else ("addresses", one.addresses)
                for one in zone.records
            }
    for one in world.endpoints:
        if one.vpc == case.vpc and one.kind == "Interface" and one.private_dns and private:
            names = covered(one.service)
            spaces[names[-1]] = {
                name: ("endpoint", one.key) for name in names if name.startswith("*") or len(names) == 1
            }
    for cut in range(len(labels)):  # the longest zone first
        zone = spaces.get(".".join(labels[cut:]))
        if zone is None:
            continue
        if case.name in zone:
            return zone[case.name]
        for above in range(1, cut + 1):
            wild = "*." + ".".join(labels[above:])
            if wild in zone:
                return zone[wild]
        return ("nxdomain", "")
    return ("public", "")


@st.composite
def name_cases(draw: Any) -> NameCase:
    """Draw two VPCs with DHCP options, endpoints and private zones, and a name."""
    vpcs, options, made, number = list[Vpc](), list[DhcpOptions](), list[Endpoint](), 0
    for key in ("near", "far"):
        servers = draw(st.sampled_from([SERVERS[0], *SERVERS]))
        options.append(DhcpOptions(f"dhcp-{key}", Origin(f"dhcp-{key}"), servers))
        support, hostnames = draw(st.integers(0, 5)) > 0, draw(st.integers(0, 5)) > 0
        dhcp = draw(st.sampled_from((None, f"dhcp-{key}")))
        cidr = IPv4Network("10.0.0.0/24" if key == "near" else "10.1.0.0/24")
        vpcs.append(Vpc(key, Origin(key), (cidr,), "eu-central-1", "t", "n", "g", support, hostnames, dhcp))
        for service in draw(st.lists(st.sampled_from(sorted(COVERED)), unique=True, max_size=4)):
            number += 1
            made.append(
                Endpoint(
                    f"endpoint{number}",
                    Origin(f"endpoint{number}"),
                    key,
                    EndpointKind.INTERFACE,
                    f"com.amazonaws.eu-central-1.{service}",
                    (f"subnet-{key}",),
                    private_dns=draw(st.integers(0, 3)) > 0,
                )
            )
    zones = list[PrivateZone]()
    for name in draw(st.lists(st.sampled_from(sorted(ZONES)), unique=True, max_size=3)):
        there = tuple(draw(st.lists(st.sampled_from(("near", "far")), unique=True)))
        kept = draw(st.lists(st.sampled_from(ZONES[name]), unique=True))
        records = tuple(
            ZoneRecord(one, Origin(f"{name}/{one}"), (IPv4Address(int(IPv4Address("10.0.0.10")) + index),))
            for index, one in enumerate(kept)
        )
        zones.append(PrivateZone(name, Origin(name), name, there, records))
    subnets = tuple(Subnet(f"subnet-{one.key}", Origin("s"), one.key, one.cidrs[0], "n") for one in vpcs)  # type: ignore[index]
    world = Snapshot(
        vpcs=tuple(vpcs),
        dhcp_options=tuple(options),
        subnets=subnets,
        endpoints=tuple(draw(st.permutations(made))),
        private_zones=tuple(draw(st.permutations(zones))),
    )
    return NameCase(world, draw(st.sampled_from(("near", "near", "far"))), draw(st.sampled_from(ASKED)))

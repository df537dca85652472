"""What a well-formed spec may still get wrong: values that do not fit each other, the Region, or what AWS accepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from eksclave.catalog.endpoints import find_service
from eksclave.catalog.instances import architecture_of
from eksclave.catalog.regions import EXCLUDED_ZONE_IDS, Region, find_region
from eksclave.design.build import build
from eksclave.design.zones import USUALLY_EXCLUDED, usable_zones
from eksclave.errors import InputError, did_you_mean
from eksclave.spec.model import ClusterSpec

Problem = tuple[str, str, str]
"""(dotted path, what is wrong with the bad value quoted, the fix)."""


def problems(spec: ClusterSpec) -> tuple[Problem, ...]:
    """Return everything in the spec that does not fit together, in a stable order; empty for a good one."""
    region = find_region(spec.region)
    checks = (
        _zones(spec, region),
        _ranges(spec),
        _groups(spec),
        _arns(spec, region),
        _services(spec, region),
        _names(spec),
        _cache_rules(spec),
    )
    return tuple(problem for check in checks for problem in check) or _refused(spec)


def _refused(spec: ClusterSpec) -> tuple[Problem, ...]:
    """Return what the design itself refuses: a range without room, more rules than AWS admits."""
    try:
        build(spec)
    except InputError as wrong:
        return tuple((mistake.path, mistake.said, mistake.fix) for mistake in wrong.mistakes)
    return ()


def _zones(spec: ClusterSpec, region: Region) -> Iterator[Problem]:
    if existing := spec.network.existing:
        for tier in ("nodes", "control_plane", "endpoints", "load_balancers"):
            named: dict[str, tuple[str, ...]] = getattr(existing.subnets, tier)
            path = f"network.existing.subnets.{tier}"
            for zone in named:
                yield from _zone(f"{path}.{zone}", zone, region)
            if tier != "endpoints" and len(named) == 1:
                why = (
                    "EKS wants subnets in at least two zones" if tier != "load_balancers" else "an ALB wants two zones"
                )
                yield path, f"has subnets in one zone, '{next(iter(named))}'", f"{why}; name one in another"
        ids = Counter(one for tier in ("nodes",) for many in getattr(existing.subnets, tier).values() for one in many)
        for subnet, times in ids.items():
            if times > 1:
                yield (
                    "network.existing.subnets.nodes",
                    f"'{subnet}' stands in {times} zones",
                    "a subnet lies in one zone",
                )
        return
    zones = spec.network.zones
    if isinstance(zones, int):
        usable = len(usable_zones(region))
        if zones > usable and "zones" in spec.network.model_fields_set:
            said = f"{zones} is more than the {usable} zones of {region.name} that EKS takes"
            yield "network.zones", said, f"write at most {usable}"
        return
    for index, zone in enumerate(zones):
        yield from _zone(f"network.zones[{index}]", zone, region)
    for zone, times in Counter(zones).items():
        if times > 1:
            yield "network.zones", f"'{zone}' stands there {times} times", "name each zone once"


def _zone(path: str, zone: str, region: Region) -> Iterator[Problem]:
    if zone in EXCLUDED_ZONE_IDS:
        yield path, f"EKS has no control plane in zone '{zone}'", "take another zone of the Region"
    elif zone in USUALLY_EXCLUDED:
        excluded = USUALLY_EXCLUDED[zone]
        fix = f"take another zone, or name zones by id ({region.zone_id_prefix}-az1) if '{zone}' is another one for you"
        yield path, f"'{zone}' is zone {excluded} in most accounts, where EKS has no control plane", fix
    elif "-az" in zone:
        if not zone.startswith(f"{region.zone_id_prefix}-az"):
            yield (
                path,
                f"zone '{zone}' is not in {region.name}",
                f"zone ids there begin with {region.zone_id_prefix}-az",
            )
    elif zone not in region.zones:
        near = did_you_mean(zone, region.zones) or f"known: {', '.join(region.zones)}"
        yield path, f"{region.name} has no zone called '{zone}'", near


def _ranges(spec: ClusterSpec) -> Iterator[Problem]:
    network, access = spec.network, spec.access
    ours: list[tuple[str, IPv4Network]] = []
    if network.existing is None:
        cidr = IPv4Network(network.cidr)
        if not 16 <= cidr.prefixlen <= 24:
            yield (
                "network.cidr",
                f"{cidr} is not between /16 and /24",
                "AWS takes /16 at most, and a cluster wants /24 at least",
            )
        ours.append(("network.cidr", cidr))
    else:
        ours += [(f"network.existing.cidrs[{i}]", IPv4Network(cidr)) for i, cidr in enumerate(network.existing.cidrs)]
    theirs = [(f"access.peered_vpcs[{i}].cidr", IPv4Network(vpc.cidr)) for i, vpc in enumerate(access.peered_vpcs)]
    if access.transit_gateway:
        cidrs = enumerate(access.transit_gateway.cidrs)
        theirs += [(f"access.transit_gateway.cidrs[{i}]", IPv4Network(cidr)) for i, cidr in cidrs]
    theirs += [(f"access.operator_cidrs[{i}]", IPv4Network(cidr)) for i, cidr in enumerate(access.operator_cidrs)]
    for path, cidr in theirs:
        if cidr.prefixlen == 0:
            yield path, f"{cidr} is the whole internet", "name the networks of your operators"
            continue
        for other, mine in ours:
            inside = path.startswith("access.operator") and cidr.subnet_of(mine)
            if cidr.overlaps(mine) and not inside:
                yield (
                    path,
                    f"{cidr} overlaps {other} {mine}",
                    "traffic to it would stay inside the VPC; use another range",
                )
    for (path, one), (other, two) in combinations([pair for pair in theirs if ".operator_" not in pair[0]], 2):
        if one.overlaps(two) and one.prefixlen and two.prefixlen:
            yield other, f"{two} overlaps {path} {one}", "a route leads one way only; use another range"


def _groups(spec: ClusterSpec) -> Iterator[Problem]:
    zones = _zone_names(spec)
    for index, group in enumerate(spec.groups if spec.node_groups else ()):
        path = f"node_groups[{index}]"
        kinds = {kind: architecture_of(kind) for kind in group.instance_types}
        if len(set(kinds.values())) > 1:
            told = ", ".join(f"{kind} is {architecture}" for kind, architecture in kinds.items())
            yield f"{path}.instance_types", f"two architectures: {told}", "make a group for each"
        elif group.architecture and group.architecture not in kinds.values():
            built = next(iter(kinds.values()))
            yield (
                f"{path}.architecture",
                f"'{group.architecture}' does not fit {', '.join(kinds)}",
                f"these are {built}",
            )
        for number, zone in enumerate(group.zones):
            if zones and zone not in zones:
                yield f"{path}.zones[{number}]", f"'{zone}' is not a zone of the network", f"it has {', '.join(zones)}"


def _zone_names(spec: ClusterSpec) -> tuple[str, ...]:
    """Return the names of the network's zones where the spec tells them, else an empty tuple."""
    if spec.network.existing:
        return tuple(spec.network.existing.subnets.nodes)
    return () if isinstance(spec.network.zones, int) else spec.network.zones


def _arns(spec: ClusterSpec, region: Region) -> Iterator[Problem]:
    found = [(f"access_entries[{i}].principal_arn", entry.principal_arn) for i, entry in enumerate(spec.access_entries)]
    found += [
        ("encryption.kms_key_arn", spec.encryption.kms_key_arn),
        ("registry.kms_key_arn", spec.registry.kms_key_arn),
    ]
    found += [(f"node_groups[{i}].disk.kms_key_arn", g.disk.kms_key_arn) for i, g in enumerate(spec.node_groups or ())]
    for path, arn in found:
        parts = (arn or "").split(":")
        if arn is None:
            continue
        if len(parts) < 6 or parts[1] != region.partition.id:
            yield (
                path,
                f"'{arn}' is not in partition {region.partition.id}",
                f"{region.name} lies in it: arn:{region.partition.id}:…",
            )
        elif parts[2] == "kms" and parts[3] != region.name:
            yield path, f"'{arn}' is in another Region", f"take a key in {region.name}"


def _services(spec: ClusterSpec, region: Region) -> Iterator[Problem]:
    for index, suffix in enumerate(spec.endpoints.extra):
        service = find_service(suffix)
        if not service.offered_in(region.name):
            yield f"endpoints.extra[{index}]", f"'{suffix}' has no endpoint in {region.name}", "remove it"


def _names(spec: ClusterSpec) -> Iterator[Problem]:
    lists = {
        "node_groups": [group.name for group in spec.node_groups or ()],
        "access_entries": [entry.principal_arn for entry in spec.access_entries],
        "fargate_profiles": [profile.name for profile in spec.fargate_profiles],
        "access.peered_vpcs": [vpc.name for vpc in spec.access.peered_vpcs],
        "registry.pull_through_cache": [rule.prefix for rule in spec.registry.pull_through_cache],
        "workloads.ingresses": [f"{ingress.namespace}/{ingress.name}" for ingress in spec.workloads.ingresses],
    }
    for path, names in lists.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield path, f"'{name}' stands there {times} times", "give each a name of its own"


def _cache_rules(spec: ClusterSpec) -> Iterator[Problem]:
    """One upstream comes through one rule, and what is copied lies where no rule answers."""
    rules = spec.registry.pull_through_cache
    for index, rule in enumerate(rules):
        path = f"registry.pull_through_cache[{index}]"
        if rule.upstream in [other.upstream for other in rules[:index]]:
            yield f"{path}.upstream", f"'{rule.upstream}' has a cache rule already", "keep one of the two"
        if rule.prefix == spec.registry.prefix:
            said = f"'{rule.prefix}' is where copies lie (registry.prefix)"
            yield f"{path}.prefix", said, "give the cache rule a prefix of its own"

"""Route 53 Profiles: zones and rules that are shared with every VPC that a profile is associated with.

Source: Route 53 developer guide, "What are Amazon Route 53 Profiles" (what a VPC has itself wins over its profile).
"""

from __future__ import annotations

from eksclave.reach.build.base import VPC, Build
from eksclave.reach.facts.dns import PrivateZone
from eksclave.reach.facts.values import Unknown
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Unknown as NotKnown

_PROFILE = "aws_route53profiles_profile"
_SHARED = ("aws_route53_zone", "aws_route53_resolver_rule")


def shared_with(build: Build, kind: str) -> dict[str, list[object]]:
    """Return the VPCs that zones or rules reach through profiles, by the address of the zone or rule."""
    vpcs = _vpcs(build)
    found: dict[str, list[object]] = {}
    for one in build.of("aws_route53profiles_resource_association"):
        thing, profile = _target(build, one, "resource_arn", *_SHARED), _target(build, one, "profile_id", _PROFILE)
        if thing is not None and build.world.resources[thing].type == kind:
            found.setdefault(thing, []).extend(vpcs.get(profile, ()))
    return found


def hidden(build: Build) -> list[PrivateZone]:
    """Return for each VPC of a profile that is not seen whole a zone that may hold any name, asked after all others."""
    whole = {one.address for one in build.of(_PROFILE)}
    for one in build.of("aws_route53profiles_resource_association"):
        if _target(build, one, "resource_arn", *_SHARED) is None:
            whole.discard(_target(build, one, "profile_id", _PROFILE) or "")
            whole = whole if _target(build, one, "profile_id", _PROFILE) else set()
    found: list[PrivateZone] = []
    for one in build.of("aws_route53profiles_association"):
        if _target(build, one, "profile_id", _PROFILE) in whole:
            continue
        vpc = _target(build, one, "resource_id", *VPC)
        vpcs = (vpc,) if vpc is not None else Unknown(f"the VPC of {one.address} is not known")
        said = f"the profile of {one.address} brings names that the input does not show"
        build.assumed.append((one.address, "profile_id", "the profile holds no zone of S3 or DynamoDB"))
        found.append(PrivateZone(one.address, build.origin(one), "", vpcs, (), said))
    return found


def _vpcs(build: Build) -> dict[str | None, list[object]]:
    found: dict[str | None, list[object]] = {}
    for one in build.of("aws_route53profiles_association"):
        vpc = _target(build, one, "resource_id", *VPC)
        profile = _target(build, one, "profile_id", _PROFILE)
        found.setdefault(profile, []).append(vpc if vpc is not None else NotKnown(f"the VPC of {one.address}"))
    return found


def _target(build: Build, one: Resource, name: str, *types: str) -> str | None:
    """Return what an attribute names: itself, or the one thing of these types that the association waits for.

    Of a block over all instances of another (`each.value.arn`) it is the instance of the same key.
    """
    resources = build.world.resources
    key = build.key(one.get(name), *types)
    if key in resources and resources[key].type in types:
        return key
    waited = [address for address in one.waits_for if address in resources and resources[address].type in types]
    same = [address for address in waited if one.index is not None and resources[address].index == one.index]
    return waited[0] if len(waited) == 1 else same[0] if len(same) == 1 else None

"""Route 53 Profiles: what is associated with a profile answers in every VPC that the profile is associated with.

Source: Route 53 developer guide, profiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eksclave.reach.build.base import VPC, Build
from eksclave.reach.facts import dns

_PROFILE = ("aws_route53profiles_profile",)
_ZONE = ("aws_route53_zone",)


def of_zones(build: Build) -> dict[str, list[Any]]:
    """Return the VPCs in which each private zone answers by a profile, by the zone's key."""
    found: dict[str, list[Any]] = {}
    for profile, resource in _resources(build):
        zone = build.key(resource, *_ZONE)
        if zone is not None:
            found.setdefault(zone, []).extend(vpc for key, vpc, _ in _associations(build) if key == profile is not None)
    return found


def hidden_zones(build: Build) -> Iterator[dns.PrivateZone]:
    """Yield a zone of every name, asked after all others, for each VPC with a profile that is not shown whole.

    What a VPC has itself wins over what its profile brings.
    """
    zones = {zone.address for zone in build.of(*_ZONE, data=True)}
    shown: dict[str | None, bool] = {}
    for profile, resource in _resources(build):
        shown[profile] = shown.get(profile, True) and build.key(resource, *_ZONE) in zones
    made = {profile.address for profile in build.of(*_PROFILE)}
    for profile, vpc, one in _associations(build):
        if profile not in made or not shown.get(profile, True) or None in shown:
            why = f"{one.address} brings names that the input does not show"
            build.assumed.append((one.address, "profile_id", "the profile holds no zone of S3 or DynamoDB"))
            yield dns.PrivateZone(one.address, build.origin(one), "", build.many([vpc], *VPC), (), why)


def _resources(build: Build) -> list[tuple[str | None, Any]]:
    many = build.of("aws_route53profiles_resource_association")
    return [(build.key(one.get("profile_id"), *_PROFILE), one.get("resource_arn")) for one in many]


def _associations(build: Build) -> list[tuple[str | None, Any, Any]]:
    many = build.of("aws_route53profiles_association")
    return [(build.key(one.get("profile_id"), *_PROFILE), one.get("resource_id"), one) for one in many]

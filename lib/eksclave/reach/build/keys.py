"""KMS keys with the policies and grants that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.reach.build.base import Build, once
from eksclave.reach.build.policies import policy
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.keys import Key
from eksclave.reach.facts.values import Unknown, Value
from eksclave.terraform.model import Resource

KEY = ("aws_kms_key",)


def keys(build: Build) -> tuple[Key, ...]:
    """Return the keys that the input makes."""
    return once(
        Key(one.address, build.origin(one), _policy(build, one), _grantees(build, one)) for one in build.of(*KEY)
    )


def _policy(build: Build, key: Resource) -> Value[Policy | None]:
    for one in build.of("aws_kms_key_policy"):
        of = build.one(one.get("key_id"), *KEY)
        if of in _names(key):
            return policy(build, one.get("policy"), build.origin(one, "policy"))
        if not isinstance(of, str):
            return Unknown(f"{one.address} may be its policy")
    return policy(build, build.option(key, "policy"), build.origin(key, "policy"))


def _names(key: Resource) -> tuple[Any, ...]:
    return key.address, f"{key.address}.key_id", key.get("key_id")


def _grantees(build: Build, key: Resource) -> tuple[Value[str], ...]:
    grants = [one for one in build.of("aws_kms_grant") if build.one(one.get("key_id"), *KEY) in _names(key)]
    return tuple(build.text(one.get("grantee_principal"), "") for one in grants)


def volume_keys(build: Build, template: Resource) -> tuple[Value[str], ...]:
    """Return the keys that a launch template encrypts volumes with, once each."""
    found: dict[Value[str], None] = {}
    for device in template.blocks("block_device_mappings"):
        ebs = device.get("ebs")
        for block in ebs if isinstance(ebs, list) else [ebs]:
            named = block.get("kms_key_id") if isinstance(block, Mapping) else None
            if named not in (None, "") and not _computed(template, named):
                found[build.one(named, *KEY)] = None
    return tuple(found)


def _computed(template: Resource, value: Any) -> bool:
    return getattr(value, "address", None) == template.address

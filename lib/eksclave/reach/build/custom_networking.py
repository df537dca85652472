"""VPC CNI custom networking as the EKS add-on's own configuration sets it up: pods in other subnets than their nodes.

Source: amazon-vpc-cni-k8s, README (AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG) and charts/aws-vpc-cni (eniConfig); EKS user
guide, "Deploy Pods in alternate subnets with custom networking".
"""

from __future__ import annotations

from typing import Any

from eksclave.reach.build.base import GROUP, SUBNET, Build
from eksclave.reach.build.eks import cluster_key
from eksclave.reach.facts.hosts import EniConfig
from eksclave.reach.facts.values import OneOf, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref
from eksclave.terraform.values import Unknown as NotKnown

ELSEWHERE = Unknown("custom networking is on, and where it puts the pods is not in the input")
HIDDEN = (
    "its configuration is known only after apply and names no subnet that the plan shows: pods are taken to have their "
    "nodes' subnets and security groups"
)


def of_addons(build: Build, elsewhere: bool) -> list[EniConfig]:
    """Return where the vpc-cni add-ons put pods; `elsewhere` tells that other resources hold ENIConfigs."""
    found: list[EniConfig] = []
    for addon in build.of("aws_eks_addon"):
        if build.world.resolve(addon.get("addon_name")) == "vpc-cni":
            found += _configured(build, addon, build.option(addon, "configuration_values"), elsewhere)
    return found


def _configured(build: Build, addon: Resource, value: Any, elsewhere: bool) -> list[EniConfig]:
    value = build.world.resolve(value)
    if isinstance(value, str):
        return _written(build, addon, value, elsewhere)
    if value is None:
        return []
    named = value.references if isinstance(value, NotKnown) else ()
    subnets = _named(build, named, SUBNET[0])
    if not subnets and isinstance(value, NotKnown) and (handed := _handed_in(build, addon)):
        return handed
    if not subnets:
        build.assumed.append((addon.address, "configuration_values", HIDDEN))
        return []
    groups = _groups(build, named)
    said = f"custom networking puts the pods into {', '.join(subnets)}: its configuration refers to them"
    build.assumed.append((addon.address, "configuration_values", said))
    return [_config(build, addon, "", tuple(subnets), groups)]


def _handed_in(build: Build, addon: Resource) -> list[EniConfig]:
    """Return where pods are put by a configuration that a module's caller writes and the plan does not keep.

    Nothing else of an add-on leads to subnets. What all that stands in the module waits for is its own depends_on.
    """
    beside = [one for one in build.world.resources.values() if (one.module, one.source) == (addon.module, addon.source)]
    others = [set(one.waits_for) for one in beside if one.type != addon.type and one.mode == "managed"]
    if not addon.module or not others:
        return []
    own = [Ref(name, ("id",)) for name in addon.waits_for if name not in set.intersection(*others)]
    inner = f"{addon.module}.module."
    subnets = _named(build, tuple(own), SUBNET[0])
    groups = _groups(build, tuple(ref for ref in own if not ref.address.startswith(inner)))
    if not subnets and not groups:
        return []
    listed = ", ".join(subnets) if subnets else "subnets that the plan does not show"
    said = f"custom networking puts the pods into {listed}: its configuration, which the plan does not keep, needs them"
    build.assumed.append((addon.address, "configuration_values", said))
    return [_config(build, addon, "", _parts(build, subnets) if subnets else ELSEWHERE, groups)]


def _parts(build: Build, subnets: list[str]) -> Value[tuple[str, ...]]:
    """Return them all where each has a zone of its own, else any of them: a zone's pods are in one subnet."""
    zones = [str(build.world.resources[key].get("availability_zone")) for key in subnets]
    if len(set(zones)) == len(zones):
        return tuple(subnets)
    return OneOf((tuple(subnets), *((key,) for key in subnets)), "which subnet of a zone has its pods is not known")


def _written(build: Build, addon: Resource, text: str, elsewhere: bool) -> list[EniConfig]:
    """Read a configuration that is known: each zone's subnet and groups."""
    from eksclave.reach.build.workloads import parsed

    settings = parsed(text)
    settings = settings if isinstance(settings, dict) else {}
    env = settings.get("env")
    switched = str(env.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") if isinstance(env, dict) else "").lower() == "true"
    eni = settings.get("eniConfig")
    zones = eni.get("subnets") if isinstance(eni, dict) else None
    if not switched:
        return []
    if not isinstance(zones, dict) or not zones:
        return [] if elsewhere else [_config(build, addon, "", ELSEWHERE, ELSEWHERE)]
    found: list[EniConfig] = []
    for zone, place in zones.items():
        if isinstance(place, dict):
            subnets = build.many([place.get("id")], *SUBNET)
            groups = build.many(place.get("securityGroups"), *GROUP)
            found.append(_config(build, addon, str(zone), subnets, groups))
    return found


def _config(
    build: Build, addon: Resource, zone: str, subnets: Value[tuple[str, ...]], groups: Value[tuple[str, ...]]
) -> EniConfig:
    cluster = cluster_key(build, addon.get("cluster_name"), addon)
    key = f"{addon.address}#{zone}" if zone else addon.address
    return EniConfig(key, build.origin(addon, "configuration_values"), cluster, subnets, groups, zone, "zone")


def _named(build: Build, references: tuple[Ref, ...], kind: str) -> list[str]:
    """Return the resources of a kind that an expression refers to, every instance of a whole block."""
    found: dict[str, None] = {}
    for ref in references:
        for address in (ref.address, *build.instances.get(ref.address, ())):
            resource = build.world.resources.get(address)
            if resource is not None and resource.type == kind:
                found[address] = None
    return sorted(found)


def _groups(build: Build, references: tuple[Ref, ...]) -> Value[tuple[str, ...]]:
    """Return the pods' groups; of several that are named the plan does not keep which zone has which."""
    named = _named(build, references, GROUP[0])
    named += [key for ref in references if ref.path and (key := build.renamed.get(str(ref)))]
    found = tuple(sorted(set(named)))
    if len(found) < 2:
        return found
    return OneOf((found, *((one,) for one in found)), "its configuration names several security groups")

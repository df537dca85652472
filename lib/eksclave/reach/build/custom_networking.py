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
    subnets, groups = _named(build, named, SUBNET[0]), _groups(build, named)
    if not subnets and isinstance(value, NotKnown):
        subnets = _reached(build, addon, SUBNET[0])
        reached = _reached(build, addon, GROUP[0])
        groups = _either(reached)
        if not subnets and addon.module and (handed := _handed_in(addon, reached)):
            said = f"custom networking gives the pods {', '.join(handed)}: its configuration refers to them"
            build.assumed.append((addon.address, "configuration_values", said))
            return [_config(build, addon, "", ELSEWHERE, _either(handed))]
    if not subnets:
        build.assumed.append((addon.address, "configuration_values", HIDDEN))
        return []
    said = f"custom networking puts the pods into {', '.join(subnets)}: its configuration refers to them"
    build.assumed.append((addon.address, "configuration_values", said))
    return [_config(build, addon, "", _parts(build, subnets), groups)]


def _handed_in(addon: Resource, groups: list[str]) -> list[str]:
    """Leave out the groups of modules inside the add-on's own: those of node groups, which it may wait for as a whole.

    What is left the caller wrote into the configuration: nothing else of an add-on leads to a security group.
    """
    return [one for one in groups if not one.startswith(f"{addon.module}.module.")]


def _parts(build: Build, subnets: list[str]) -> Value[tuple[str, ...]]:
    """Return them all, or where several share a zone any of them: a zone's pods are in one subnet."""
    zones = [zone for key in subnets if isinstance(zone := build.world.resources[key].get("availability_zone"), str)]
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


def _reached(build: Build, addon: Resource, kind: str) -> list[str]:
    """Return the things of a kind that the add-on waits for by an expression, through whatever modules it comes.

    What a depends_on brings comes with all else that is in its module: routes, endpoints, rules.
    """
    waited = [build.world.resources[one] for one in addon.waits_for if one in build.world.resources]
    whole = {one.module for one in waited if one.type in _ONLY_BY_DEPENDS_ON}
    return sorted(one.address for one in waited if one.type == kind and one.module not in whole)


_ONLY_BY_DEPENDS_ON = (
    "aws_route",
    "aws_route_table_association",
    "aws_security_group_rule",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_ingress_rule",
)


def _groups(build: Build, references: tuple[Ref, ...]) -> Value[tuple[str, ...]]:
    """Return the pods' groups; of several that are named the plan does not keep which zone has which."""
    named = _named(build, references, GROUP[0])
    named += [key for ref in references if ref.path and (key := build.renamed.get(str(ref)))]
    return _either(named)


def _either(named: list[str]) -> Value[tuple[str, ...]]:
    found = tuple(sorted(set(named)))
    if len(found) < 2:
        return found
    return OneOf((found, *((one,) for one in found)), "its configuration names several security groups")

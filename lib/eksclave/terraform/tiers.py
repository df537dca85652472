"""Tiers: which part of a map of subnets or tables an expression may mean, where a filter or an index was lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eksclave.terraform.kinds import ROUTE_TABLE, SECURITY_GROUP, SUBNET
from eksclave.terraform.notes import Whole
from eksclave.terraform.place import Want
from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance
from eksclave.terraform.settle import Hit
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.words import words

_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]?|[a-z]{3,4}\d-az\d")
_LETTER = re.compile(r"^\d?[a-f]\d?$|^az\d?[a-f]?$")
_CALLED: dict[str, tuple[str, ...]] = {
    "aws_eks_node_group": ("node", "worker", "compute"),
    "aws_autoscaling_group": ("node", "worker", "compute"),
    "aws_eks_cluster": ("control", "plane", "controlplane", "cluster"),
    "aws_eks_fargate_profile": ("fargate", "pod"),
    "aws_vpc_endpoint": ("endpoint", "vpce", "privatelink"),
    "aws_ec2_transit_gateway_vpc_attachment": ("tgw", "transit", "attachment"),
    "aws_instance": ("bastion", "jump", "ops", "access"),
    "aws_lb": ("lb", "alb", "nlb", "ingress", "loadbalancer"),
    "aws_nat_gateway": ("public", "nat"),
}
"""What people call the tier that is made for a resource."""


def spoken_of(instance: Instance) -> frozenset[str]:
    """Return the words that tell what a resource is for: its kind, name, key and modules."""
    said = [*_CALLED.get(instance.type, ()), instance.name, str(instance.key or ""), instance.module]
    return frozenset(word for one in said for word in words(one)) - {"module", "this", "main"}


def tiers(instances: Sequence[Instance]) -> list[list[Instance]]:
    """Return the subnets by tier: those whose keys differ in the zone alone. One list where keys tell no tiers."""
    found: dict[tuple[str, ...], list[Instance]] = {}
    for one in instances:
        if not isinstance(one.key, str):
            return [list(instances)]
        found.setdefault(_without_zone(one), []).append(one)
    return list(found.values())


def _without_zone(instance: Instance) -> tuple[str, ...]:
    zone = instance.after.get("availability_zone") or instance.after.get("availability_zone_id") or ""
    told = set(words(str(zone))) | {str(zone)[-1:].lower()}
    key = _ZONE.sub(" ", str(instance.key))
    return tuple(word for word in words(key) if word not in told and not word.isdigit() and not _LETTER.match(word))


def in_one_zone(instances: Sequence[Instance]) -> bool:
    """Tell whether two of the subnets are surely in one zone: no endpoint and no attachment takes both."""
    zones = [one.after.get("availability_zone") or one.after.get("availability_zone_id") for one in instances]
    known = [zone for zone in zones if isinstance(zone, str)]
    return len(set(known)) < len(known)


def spoken(every: Sequence[list[Instance]], said: frozenset[str]) -> list[Instance]:
    """Return the one tier whose keys share words with what a resource is for; empty where none does, or several."""
    shared = [len({word for one in tier for word in _without_zone(one)} & said) for tier in every]
    best = max(shared, default=0)
    return every[shared.index(best)] if best and shared.count(best) == 1 else []


def tier_hits(
    term: Term, every: Sequence[Instance], listed: Sequence[Term], want: Want, notes: list[str]
) -> list[Hit] | None:
    """Return what an expression may mean of a map by tier and zone, None where it means all of it.

    Something beside the map in the expression can be the index; two subnets of one zone cannot both be meant where AWS
    takes one a zone.
    """
    refuted = want.apart and want.kind is SUBNET and in_one_zone(every)
    if want.kind is SECURITY_GROUP and want.plural and term.type in want.kind.types:
        return _one_group(term, every, want, notes)
    if want.kind not in (SUBNET, ROUTE_TABLE) or not want.plural or term.type not in want.kind.types:
        return None
    found = tiers(every) if refuted or len(set(listed)) > 1 else []
    if want.kind is ROUTE_TABLE or len(found) < 2:
        if len(every) > 1 and isinstance(every[0].key, str):
            notes.append(Whole(f"uses all {len(every)} of {term.name}: the plan keeps no filter of such a list"))
        return None
    one = spoken(found, want.said)
    if one:
        keys = ", ".join(str(instance.key) for instance in one[:3])
        notes.append(f"uses {keys} of {term.name}: their keys name what it is for, the plan lost which")
        return [Hit(tuple(_refs(one)), True)]
    lists = [_refs(tier) for tier in found]
    whole = [] if refuted else [_refs(every)]
    return [Hit((AnyOf((*lists, *whole), f"the plan does not keep which of {term.name}"),), True)]


def _one_group(term: Term, every: Sequence[Instance], want: Want, notes: list[str]) -> list[Hit] | None:
    """Return what an expression may mean of a map of groups. All together would allow most: that is no safe reading."""
    if len(every) < 2 or not all(isinstance(one.key, str) for one in every):
        return None
    single = [[one] for one in every]
    one = spoken(single, want.said)
    if one:
        notes.append(f"uses {one[0].key} of {term.name}: its key names what it is for, the plan lost which")
        return [Hit(tuple(_refs(one)), True)]
    lists = (*(_refs(alone) for alone in single), _refs(every))
    return [Hit((AnyOf(lists, f"the plan does not keep which of {term.name}"),), True)]


def _refs(instances: Sequence[Instance]) -> list[Ref]:
    return [Ref(one.address, ("id",)) for one in instances]

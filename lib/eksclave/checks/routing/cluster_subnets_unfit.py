"""The cluster's subnets lie in two zones that EKS takes, with room.

Why
    EKS wants subnets of two zones with six free addresses each, and takes none in use1-az3, usw1-az2 and cac1-az3.

Fix
    Give the cluster subnets in two zones.

Source
    EKS user guide, network-reqs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.ordering import block
from eksclave.checks.readings import readings_on
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import Subnet
from eksclave.reach.facts.values import choices, is_known, known_or, why_unknown

ASKS = ("R1",)
_EDGE = re.compile(r"-\d-[a-z]|^[a-z]+\d-[a-z]+\d+-az\d")
"""Names (`us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`) and ids (`usw2-lax1-az1`) of Local and Wavelength Zones.

EKS user guide, network-reqs: a cluster's subnets are in none."""


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask zones and sizes of the subnets."""
    origin, listed = view.cluster.origin, choices(view.cluster.subnets)
    if listed is None:
        yield unsure(view, "R1", f"the cluster's subnets: {why_unknown(view.cluster.subnets)}", origin)
        return
    subnets, wrong = view.subnets(view.cluster.subnets), 0
    for subnet in subnets:
        zone, cidr = known_or(subnet.zone, ""), known_or(subnet.cidr, None)
        if zone in ("use1-az3", "usw1-az2", "cac1-az3") or _EDGE.search(zone):
            wrong += 1
            yield _in_zone(view, subnet, zone)
        if cidr is not None and cidr.num_addresses - 5 < 6:
            wrong += 1
            yield fails(view, "R1", f"{cidr} has fewer than six free addresses", subnet.origin)
    zones = {known_or(subnet.zone, "") for subnet in subnets} - {""}
    open_zones = len(zones) < len(listed[0]) and any(known_or(s.zone, "") == "" for s in subnets)
    if all(len(many) < 2 for many in listed):
        wrong += 1
        yield fails(view, "R1", f"the cluster has {len(listed[0])} subnet, in one zone", origin)
    elif len(zones) == 1 and not open_zones and len(subnets) == len(listed[0]):
        wrong += 1
        yield fails(view, "R1", f"all subnets of the cluster lie in {zones.pop()}", origin)
    elif any(len(many) < 2 for many in listed):
        wrong += 1
        yield unsure(view, "R1", "the cluster may have one subnet alone", origin)
    if not wrong:
        unknown = "zones that are not known before apply are taken to be different ones that EKS supports"
        assumed = (*((unknown,) if len(zones) < 2 else ()), *_whole_blocks(view, subnets))
        yield passes(view, "R1", f"{len(listed[0])} subnets with room, in two zones or more", assumed)


def _in_zone(view: View, subnet: Subnet, zone: str) -> Result:
    """Return that EKS takes no subnet there; open where the plan may have lost what leaves this subnet out."""
    reason = f"EKS takes no subnet in {zone}"
    if not all(subnet.key in keys for keys in choices(view.cluster.subnets) or ()):
        return unsure(
            view, "R1", f"whether the cluster has {subnet.origin.address} is not known: {reason}", subnet.origin
        )
    if readings_on(view, [view.address], lambda attribute: "subnet" in attribute):
        return unsure(view, "R1", f"{reason}, unless a filter leaves {subnet.origin.address} out", subnet.origin)
    return fails(view, "R1", reason, subnet.origin, fix=f"take {subnet.origin.address} out of the cluster's subnet_ids")


def _whole_blocks(view: View, subnets: Sequence[Subnet]) -> Iterator[str]:
    """Say where the list may be shorter: a plan with ids that apply will give keeps blocks, and no filter over them."""
    if view.address in view.existing or any(is_known(subnet.id) for subnet in subnets):
        return
    taken = {subnet.key for subnet in subnets}
    for name in sorted({block(key) for key in taken if block(key) != key}):
        every = {subnet.key for subnet in view.snapshot.subnets if block(subnet.key) == name}
        if every <= taken and len(every) > 1:
            yield f"the cluster has all {len(every)} of {name}: the plan keeps no filter of such a list"

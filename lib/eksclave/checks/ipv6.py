"""Clusters whose pods have IPv6 addresses: their paths are asked again, by the rules that hold for IPv6.

Inside a VPC only three things tell IPv6 packets apart: a rule for everyone (`::/0`), a rule that names a group, which
means its interfaces' addresses of both families, and a rule for some IPv6 range, which is left open. So the paths are
asked of the same places in facts without IPv4 ranges. What passes there passes; where something stops is said, and left
open. Load balancers and clients elsewhere would need IPv6 as well, which is not judged.

Source: EKS user guide, "Learn about IPv6 addresses to clusters, Pods, and services" (pods and services have IPv6
addresses only, nodes have both); VPC user guide, security group rules, network ACL rules, and route tables (the local
route for the VPC's IPv6 range).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.groups import GroupRef, GroupRule
from eksclave.reach.facts.network import NaclEntry
from eksclave.reach.facts.values import Unknown, known_or
from eksclave.reach.snapshot import Snapshot

INSIDE = frozenset({"C2", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11"})
OF_PODS = INSIDE | {"E2", "E4"}
REASON = "the cluster's pods have IPv6 addresses"
ASSUMED = "over IPv6, which pods use or may use, the flow passes by rules for everyone (::/0) and for security groups"
EVERYONE_4, EVERYONE_6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")


def doubted(view: View, results: Iterable[Result]) -> list[Result]:
    """Return the results, with passes about pods turned into unknown unless IPv4 is sure, or IPv6 would pass too."""
    told = list(results)
    family = known_or(view.cluster.ip_family, "unknown")
    if family == "ipv4" or not any(one.requirement in OF_PODS for one in told):
        return told
    over_six = _asked_again(view)
    return [
        _judged(view, one, over_six.get(_asked(one)))
        if one.outcome is Outcome.PASS and one.requirement in OF_PODS
        else one
        for one in told
    ]


def _asked(one: Result) -> tuple[str, str, str]:
    return one.requirement, one.source, one.destination


def _asked_again(view: View) -> dict[tuple[str, str, str], Result]:
    """Return what the paths inside the VPC come to by the rules for IPv6."""
    from eksclave.checks.flows import path_blocked

    six = View(over_ipv6(view.snapshot), view.cluster, view.features, view.evidence, view.existing)
    said = (one for one in path_blocked.ask(six, ()) if isinstance(one, Result))
    return {_asked(one): one for one in said if one.requirement in INSIDE}


def _judged(view: View, one: Result, over_six: Result | None) -> Result:
    places = (*view.compute_subnets, *view.subnets(view.cluster.subnets))
    lacking = next((subnet for subnet in places if not subnet.ipv6), None)
    if over_six is not None and over_six.outcome is Outcome.PASS and lacking is None:
        return replace(one, assumptions=(*one.assumptions, ASSUMED))
    if over_six is None:
        why = "load balancers and clients elsewhere are not judged over IPv6"
    elif lacking is not None:
        why = f"{lacking.origin.address} is not known to have an IPv6 range"
    else:
        place = over_six.stopped_at[0].address if over_six.stopped_at else "the way"
        why = f"no rule at {place} surely lets them pass: only ::/0 and rules that name groups are judged"
    at = over_six.stopped_at if over_six else ()
    return replace(one, outcome=Outcome.UNKNOWN, reason=f"{REASON}, and {why}", stopped_at=at)


def over_ipv6(snapshot: Snapshot) -> Snapshot:
    """Return the facts with the rules for IPv6 in the place of those for IPv4."""
    groups = (replace(one, rules=tuple(_rules(one.rules))) for one in snapshot.groups)
    acls = (replace(one, entries=tuple(_entries(one.entries))) for one in snapshot.nacls)
    return replace(snapshot, groups=tuple(groups), nacls=tuple(acls))


def _rules(rules: Iterable[GroupRule]) -> Iterator[GroupRule]:
    for rule in rules:
        if isinstance(rule.peer, GroupRef):
            yield rule
        elif rule.peer == EVERYONE_6:
            yield replace(rule, peer=EVERYONE_4)
        elif not isinstance(rule.peer, IPv4Network):
            yield replace(rule, peer=Unknown("which IPv6 addresses it means is not judged"))


def _entries(entries: Iterable[NaclEntry]) -> Iterator[NaclEntry]:
    for entry in entries:
        if entry.cidr == EVERYONE_6:
            yield replace(entry, cidr=EVERYONE_4)
        elif not isinstance(entry.cidr, IPv4Network):
            yield replace(entry, cidr=Unknown("which IPv6 addresses it means is not judged"))

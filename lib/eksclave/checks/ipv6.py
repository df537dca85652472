"""Clusters whose pods have IPv6 addresses: rules for IPv6 are not judged, so nothing about pods is called proven.

Source: EKS user guide, "Learn about IPv6 addresses to clusters, Pods, and services": with ipFamily ipv6, pods and
services have IPv6 addresses only, nodes have both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import known_or

OF_PODS = frozenset({"C2", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "E2", "E4"})
REASON = "the cluster's pods have IPv6 addresses, and rules for IPv6 are not judged"


def doubted(view: View, results: Iterable[Result]) -> list[Result]:
    """Return the results, with passes about pods turned into unknown unless the cluster surely uses IPv4."""
    told = list(results)
    if known_or(view.cluster.ip_family, "unknown") == "ipv4":
        return told
    return [
        replace(one, outcome=Outcome.UNKNOWN, reason=REASON)
        if one.outcome is Outcome.PASS and one.requirement in OF_PODS
        else one
        for one in told
    ]

"""Paths between the parties of a cluster: who must meet whom, on which ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows import PortUse, find_flow
from eksclave.checks.asking import broken, stop, traced
from eksclave.checks.mending import mend, wear
from eksclave.checks.operators import OWN_GROUPS
from eksclave.checks.result import Result, StoppedAt
from eksclave.checks.serving import bastion_parties, runner_parties
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.answer import Disposition, HopKind, Outcome, Trace
from eksclave.reach.facts.values import choices
from eksclave.reach.question import ApiServer, Client, Destination, Party, Question


def pairs(view: View, id: str) -> Iterator[tuple[Party, Destination]]:
    """Yield source and destination of each path of one requirement."""
    nodes, pods, plane = view.nodes, view.pods, view.control_plane
    match id:
        case "C1":
            yield from ((party, view.api) for party in nodes)
        case "C2":
            yield from ((party, view.api) for party in pods)
        case "C3":
            yield from ((plane, party) for party in (*nodes, *(p for p in pods if "fargate" in p.name)))
        case "C4" | "C5" | "C6" | "C7" | "C8":
            yield from ((plane, party) for party in pods)
        case "C9":
            yield from ((source, party) for source in pods for party in nodes)
        case "C10":
            yield from ((source, party) for source in pods for party in pods)
        case "C11":
            yield from ((source, party) for source in nodes for party in nodes)
        case "B1":
            yield from ((party, view.api) for party in bastion_parties(view))
        case "B3":
            yield from (
                (Party(f"operators in {one}", networks=(one,), client=Client.ANY), view.api) for one in view.operators
            )
            yield from ((party, view.api) for party in view.operator_hosts)
        case "B4":
            yield from ((party, view.api) for party in runner_parties(view))
        case _:
            raise ValueError(f"{id} is no path")


def ask_path(view: View, id: str, source: Party, destination: Destination) -> Iterator[Result]:
    """Yield one result per port of this path."""
    to_api = isinstance(destination, ApiServer)
    named = f"the API of {view.address}" if to_api else destination.name if isinstance(destination, Party) else ""
    for use in ports_of(view, id):
        question = Question(source, destination, (use.ports,), use.protocol)
        trace = view.trace(question)
        if trace.disposition is Disposition.NO_SUBJECT:
            continue
        because = broken(trace, to_api=to_api)
        because += tuple(id for id in _conditions(view, source, destination, trace) if id not in because)
        fix = (_suppressed(view, question) if "R5" in because else None) or mend(view, question, trace, named)
        result = traced(view, id, question, trace, source.name, f"{named} on {use}", because, fix)
        more = beside(view, question, trace)
        if source in view.operator_hosts and trace.outcome is Outcome.PASS:
            result = replace(result, assumptions=(*result.assumptions, OWN_GROUPS))
        yield replace(result, stopped_at=tuple(dict.fromkeys((*result.stopped_at, *more))))


def ports_of(view: View, id: str) -> tuple[PortUse, ...]:
    """Return the ports of a path in this cluster; metrics-server listens elsewhere where it is no EKS add-on."""
    uses = find_flow(id).ports_for(view.features)
    if id == "C7" and not any(addon.name == "metrics-server" for addon in view.addons):
        evidence = dict(view.evidence).get(F.METRICS_SERVER, "")
        if not evidence.startswith("given"):
            return tuple(PortUse(use.protocol, PortRange.of(10250)) for use in uses)
    return uses


def _conditions(view: View, source: Party, destination: Destination, trace: Trace) -> tuple[str, ...]:
    """Name the configuration that a blocked path to or from the API rests on."""
    found: list[str] = []
    if isinstance(destination, ApiServer) and view.cluster.private_access is False:
        found.append("R2")
    by_group = any(one.disposition is Disposition.DENIED_BY_SECURITY_GROUP for one in (trace, *trace.also))
    if by_group and (isinstance(destination, ApiServer) or source is view.control_plane):
        party = source if isinstance(destination, ApiServer) else destination
        groups = [choices(place.groups) or () for place in getattr(party, "placements", ())]
        own = view.cluster.cluster_group
        is_node = party in (*view.nodes, *view.pods)
        if is_node and any(own not in one for many in groups for one in many):
            found.append("R5")
    return tuple(found)


def _suppressed(view: View, question: Question) -> str | None:
    """Return the fix of a node group on either side, which R5 says does not carry the cluster security group."""
    ends = (question.source, question.destination)
    origins = [place.origin for end in ends if isinstance(end, Party) for place in end.placements]
    here = next((group for group in view.node_groups if group.origin in origins), None)
    return wear(view, here) if here else None


def beside(view: View, question: Question, trace: Trace) -> list[StoppedAt]:
    """Return the other security groups of an interface that denied: a rule in any of them would do."""
    hop = trace.stopped
    if hop is None or trace.outcome is not Outcome.FAIL:
        return []
    if hop.kind is HopKind.SOURCE_GROUP:
        party, word = question.source, "egress"
    elif hop.kind is HopKind.DESTINATION_GROUP:
        party, word = question.destination, "ingress"
    else:
        return []
    if isinstance(party, ApiServer):
        party = view.control_plane
    keys = [k for place in getattr(party, "placements", ()) for many in choices(place.groups) or () for k in many]
    groups = (view.snapshot.group_by_key.get(key) for key in dict.fromkeys(keys))
    return [
        stop(group.origin, f"no {word} rule of it allows this either")
        for group in groups
        if group and group.origin.address != hop.origin.address
    ]

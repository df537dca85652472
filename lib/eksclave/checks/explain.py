"""One trace in words: what a person asks with `eksclave explain SOURCE DESTINATION`."""

from __future__ import annotations

from eksclave.checks.called import destinations, sources
from eksclave.checks.features import view_of
from eksclave.checks.prove import chosen
from eksclave.checks.secrets import without_secrets
from eksclave.errors import EksclaveError
from eksclave.net import PortRange, Protocol
from eksclave.reach.answer import Outcome, Trace
from eksclave.reach.question import Destination, DnsName, Party, Question
from eksclave.reach.snapshot import Snapshot


def explain(
    snapshot: Snapshot, source: str, destination: str, only: str = "", port: int = 443, protocol: str = "tcp"
) -> tuple[str, bool]:
    """Return every trace between the two in words, and whether all of them arrive."""
    clusters = chosen(snapshot, only)
    if len(clusters) > 1:
        addresses = ", ".join(one.origin.address for one in clusters)
        raise EksclaveError(f"the input holds {len(clusters)} clusters", f"say which with --cluster: {addresses}")
    view = view_of(snapshot, next(iter(clusters)))
    parts: list[str] = []
    arrives = True
    for one in sources(view, source):
        for other in destinations(view, destination):
            trace = view.trace(Question(one, other, (PortRange.of(port),), Protocol(protocol)))
            arrives &= trace.outcome is Outcome.PASS
            parts.append(_said(one.name, _name(other, destination), f"{port}/{protocol}", trace))
    return without_secrets(snapshot.secret, "\n\n".join(parts)), arrives


def _name(destination: Destination, word: str) -> str:
    if isinstance(destination, DnsName):
        return destination.name
    return destination.name if isinstance(destination, Party) else word


def _said(source: str, destination: str, port: str, trace: Trace) -> str:
    lines = [f"{trace.outcome}: {source} → {destination} on {port} ({trace.disposition})"]
    if trace.source_place:
        lines.append(f"  from {trace.source_place} to {trace.destination_place}")
    for number, hop in enumerate(trace.hops, 1):
        lines.append(f"  {number}. {hop.kind}: {hop.outcome}, {hop.detail}")
        lines.append(f"     --> {hop.origin}")
    if trace.packet:
        lines.append(f"   = packet: {trace.packet}")
    if trace.reason:
        lines.append(f"   = reason: {trace.reason}")
    lines += [f"   = assumed: {text}" for text in trace.assumptions]
    return "\n".join(lines)

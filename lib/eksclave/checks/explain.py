"""One trace in words: what a person asks with `eksclave explain SOURCE DESTINATION`."""

from __future__ import annotations

from ipaddress import IPv4Network

from eksclave.catalog.endpoints import service_names
from eksclave.checks.features import view_of
from eksclave.checks.prove import chosen
from eksclave.checks.secrets import without_secrets
from eksclave.checks.serving import bastion_parties, called_name, runner_parties
from eksclave.checks.view import View
from eksclave.errors import EksclaveError, did_you_mean
from eksclave.net import PortRange, Protocol
from eksclave.reach.answer import Outcome, Trace
from eksclave.reach.question import Destination, DnsName, Party, Question
from eksclave.reach.snapshot import Snapshot

WORDS = ("api", "bastion", "control-plane", "nodes", "pods", "runner")


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
    for one in _parties(view, source):
        for other in _destinations(view, destination):
            trace = view.trace(Question(one, other, (PortRange.of(port),), Protocol(protocol)))
            arrives &= trace.outcome is Outcome.PASS
            parts.append(_said(one.name, _name(other, destination), f"{port}/{protocol}", trace))
    return without_secrets(snapshot.secret, "\n\n".join(parts)), arrives


def _parties(view: View, word: str) -> list[Party]:
    """Return whom a word means: a role, an address, or a network."""
    roles = {
        "nodes": lambda: list(view.nodes),
        "pods": lambda: list(view.pods),
        "control-plane": lambda: [view.control_plane],
        "bastion": lambda: bastion_parties(view),
        "runner": lambda: runner_parties(view),
    }
    if word in roles:
        found = roles[word]()
        if not found:
            raise EksclaveError(f"the input shows no {word} of {view.address}")
        return found
    every = [*view.nodes, *view.pods, *bastion_parties(view), *runner_parties(view)]
    named = [party for party in every if word in party.name]
    if named:
        return named[:1]
    try:
        return [Party(word, networks=(IPv4Network(word),))]
    except ValueError:
        hint = did_you_mean(word, WORDS) or f"write one of {', '.join(WORDS)}, a Terraform address, or a network"
        raise EksclaveError(f"nothing is called '{word}'", hint) from None


def _destinations(view: View, word: str) -> list[Destination]:
    if word == "api":
        return [view.api]
    if word in service_names():
        return [DnsName(called_name(view, word))]
    if (
        "." in word
        and "/" not in word
        and not word.replace(".", "").isdigit()
        and not word.startswith(("aws_", "module."))
    ):
        return [DnsName(word.lower())]
    return list(_parties(view, word))


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

"""Prove a snapshot: find its clusters, what they use, ask every requirement that applies, and order the answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from eksclave.catalog.features import Feature
from eksclave.catalog.flows import required_flows
from eksclave.checks.features import view_of
from eksclave.checks.gaps import allowing_for_gaps
from eksclave.checks.ipv6 import doubted
from eksclave.checks.readings import with_readings
from eksclave.checks.registry import checks
from eksclave.checks.result import Advice, Answer, Result, answer
from eksclave.checks.secrets import hidden, without_secrets
from eksclave.checks.view import View
from eksclave.errors import EksclaveError, did_you_mean
from eksclave.reach.facts.clusters import Cluster
from eksclave.reach.snapshot import Snapshot

NOTE = "note"


def prove(
    snapshot: Snapshot,
    given: Iterable[Feature] = (),
    only: str = "",
    existing: Iterable[str] = (),
    notes: Iterable[tuple[str, str]] = (),
) -> Answer:
    """Return every answer about every cluster of the snapshot (or the one at address `only`).

    `given` are features that the input does not show. `existing` are addresses that stand already and that this plan
    does not create: order does not matter to them. `notes` are (address, text) of what the readers assumed about the
    input or could not use; they are printed as advice of the requirement `NOTE`.
    """
    stands = frozenset(existing)
    results, advice, nothing = list[Result](), list[Advice](), set[tuple[str, str]]()
    for cluster in chosen(snapshot, only):
        view = view_of(snapshot, cluster, given, stands)
        mine, more = ask(view)
        results += mine
        advice += more
        asked = {result.requirement for result in mine}
        for check in checks():
            if check.one_is_enough and asked & set(check.asks):
                asked |= set(check.asks)
        nothing |= {(flow.id, view.address) for flow in required_flows(view.features) if flow.id not in asked}
    advice += [Advice(NOTE, "", address, without_secrets(snapshot.secret, text)) for address, text in notes]
    answered = {result.requirement for result in results}
    unasked = tuple(sorted(one for one in nothing if one[0] not in answered))
    return replace(answer(results, {id for id, _ in unasked}, advice), unasked=unasked)


def chosen(snapshot: Snapshot, only: str = "") -> tuple[Cluster, ...]:
    """Return the clusters to ask about; raise where there is none, or none at this address."""
    if not snapshot.clusters:
        gone = [address for address, kind, _ in snapshot.destroyed if kind == "aws_eks_cluster"]
        if gone:
            raise EksclaveError(f"the plan destroys {', '.join(gone)}: nothing is left to prove", "give another plan")
        raise EksclaveError("no EKS cluster is in the input", "give the plan or the folder that holds aws_eks_cluster")
    if not only:
        return snapshot.clusters
    found = tuple(one for one in snapshot.clusters if only in (one.key, one.origin.address, one.name))
    if not found:
        addresses = [one.origin.address for one in snapshot.clusters]
        hint = did_you_mean(only, addresses) or f"clusters are {', '.join(addresses)}"
        raise EksclaveError(f"no cluster has the address '{only}'", hint)
    return found


def ask(view: View) -> tuple[list[Result], list[Advice]]:
    """Return what every check answers about one cluster."""
    results, advice = list[Result](), list[Advice]()
    for check in checks():
        for said in list(check.ask(view, tuple(results))):
            if isinstance(said, Advice):
                advice.append(said)
            else:
                results.append(with_readings(view, said))
    told = allowing_for_gaps(view.snapshot, doubted(view, results))
    hide = partial(without_secrets, view.snapshot.secret)
    return [hidden(one, hide) for one in told], [replace(one, text=hide(one.text)) for one in advice]

"""From a trace to a result: which condition broke, where, with which packet, and what to write to mend it."""

from __future__ import annotations

from collections.abc import Iterable

from eksclave.catalog.flows import find_flow
from eksclave.checks.ids import find_promise, is_promise
from eksclave.checks.readings import readings
from eksclave.checks.result import Packet, Result, StoppedAt
from eksclave.checks.view import View
from eksclave.reach.answer import Disposition as Ends
from eksclave.reach.answer import Hop, HopKind, Outcome, Trace
from eksclave.reach.facts.values import Origin
from eksclave.reach.question import Question

RETURNS = (HopKind.RETURN_NACL_OUT, HopKind.RETURN_NACL_IN)


def stop(origin: Origin, detail: str = "") -> StoppedAt:
    """Return the place in the input that decided."""
    address, _, made = origin.address.partition(" (")
    inside = ", ".join(part for part in (made.rstrip(")"), origin.attribute) if part)
    said = f"{inside}: {detail}" if inside and detail else inside or detail
    return StoppedAt(address, origin.construct, said)


def say(
    view: View,
    requirement: str,
    outcome: Outcome,
    reason: str,
    at: Iterable[StoppedAt] = (),
    *,
    fix: str | None = None,
    because: tuple[str, ...] = (),
    source: str = "",
    destination: str = "",
    assumptions: tuple[str, ...] = (),
    impact: str = "",
) -> Result:
    """Return the answer to a condition, with the catalogue's symptom and fix where it did not pass."""
    fact = find_promise(requirement) if is_promise(requirement) else find_flow(requirement)
    bad = outcome is not Outcome.PASS
    return Result(
        requirement,
        outcome,
        view.address,
        source,
        destination,
        impact or fact.impact,
        because,
        None,
        tuple(at) if bad else (),
        reason,
        fact.symptom if bad else "",
        (fix or fact.fix) if outcome is Outcome.FAIL else None,
        assumptions,
    )


def passes(view: View, requirement: str, reason: str, assumptions: tuple[str, ...] = ()) -> Result:
    """Return a pass with why."""
    return say(view, requirement, Outcome.PASS, reason, assumptions=assumptions)


def fails(view: View, requirement: str, reason: str, origin: Origin, detail: str = "", fix: str = "") -> Result:
    """Return a fail at one place."""
    return say(view, requirement, Outcome.FAIL, reason, [stop(origin, detail or reason)], fix=fix or None)


def unsure(view: View, requirement: str, reason: str, origin: Origin) -> Result:
    """Return that it cannot be decided, with why."""
    return say(view, requirement, Outcome.UNKNOWN, reason, [stop(origin, reason)])


def traced(
    view: View,
    requirement: str,
    question: Question,
    trace: Trace,
    source: str,
    destination: str,
    because: tuple[str, ...],
    fix: str | None,
) -> Result:
    """Return the result of a flow: its trace in the words of the contract."""
    fact = find_flow(requirement)
    bad = trace.outcome is not Outcome.PASS
    read = readings(view, question, trace)
    return Result(
        requirement,
        trace.outcome,
        view.address,
        source,
        destination,
        fact.impact,
        because if bad else (),
        packet_of(trace),
        places(trace) if bad else (),
        reason_of(trace, source, destination),
        fact.symptom if bad else "",
        (fix or fact.fix) if trace.outcome is Outcome.FAIL else None,
        (*trace.assumptions, *read),
        read,
        tuple(f"{hop.kind}: {hop.outcome} at {hop.origin}: {hop.detail}" for hop in trace.hops),
    )


def packet_of(trace: Trace) -> Packet | None:
    """Return the failing packet as the contract writes it."""
    one = trace.packet
    if one is None or trace.outcome is not Outcome.FAIL:
        return None
    return Packet(
        str(one.source), one.source_port, str(one.destination), one.destination_port, str(one.protocol), one.direction
    )


def places(trace: Trace) -> tuple[StoppedAt, ...]:
    """Return where the flow stops, worst first, each place once."""
    hops = [found for one in (trace, *trace.also) if one.outcome is trace.outcome and (found := one.stopped)]
    return tuple(dict.fromkeys(stop(hop.origin, hop.detail) for hop in hops))


def stops(trace: Trace) -> tuple[tuple[Trace, Hop], ...]:
    """Return every trace that did not pass with the hop that decided it."""
    return tuple((one, hop) for one in (trace, *trace.also) if one.outcome is trace.outcome and (hop := one.stopped))


def reason_of(trace: Trace, source: str, destination: str) -> str:
    """Return in one sentence how the flow ends."""
    if trace.outcome is Outcome.PASS:
        return f"{destination} answers {source}"
    hop = trace.stopped
    return trace.reason or (hop.detail if hop else f"{source} does not reach {destination}: {trace.disposition}")


def broken(trace: Trace, to_endpoint: bool = False, to_api: bool = False) -> tuple[str, ...]:
    """Return the ids of the conditions that the flow broke, by how and where it ends."""
    found: dict[str, None] = {}
    for one, hop in stops(trace):
        match one.disposition:
            case Ends.DENIED_BY_NACL:
                found["R4"] = None
                if hop.kind in RETURNS:
                    found["C13"] = None
            case Ends.DENIED_BY_SECURITY_GROUP if hop.kind is HopKind.SOURCE_GROUP:
                found["R11"] = None
            case Ends.DENIED_BY_SECURITY_GROUP if to_endpoint:
                found["R10"] = None
            case Ends.NO_ROUTE:
                found["R3"] = None
            case Ends.NO_RESOLVER:
                found["D2" if "enable_dns_support" in hop.detail else "D4"] = None
            case Ends.NAME_GOES_PUBLIC | Ends.NXDOMAIN if to_api:
                found["D7"] = None
                if "enable_dns_hostnames" in hop.detail:
                    found["D3"] = None
            case Ends.NO_ENDPOINT_INTERFACE:
                found["R15"] = None
            case _:
                pass
    return tuple(found)

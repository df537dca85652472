"""What a destination turns out to be for a client in one VPC: interfaces, networks, public addresses, or an end."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from eksclave.reach import control_plane, names, service_names
from eksclave.reach.answer import Disposition, Hop, HopKind, Outcome, Trace
from eksclave.reach.facts.endpoints import EndpointKind
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import Origin, decide, known_or
from eksclave.reach.names import Answer, AnswerKind
from eksclave.reach.question import ApiServer, Destination, DnsName, Party
from eksclave.reach.snapshot import Snapshot

ENDS = {
    AnswerKind.NXDOMAIN: Disposition.NXDOMAIN,
    AnswerKind.NO_RESOLVER: Disposition.NO_RESOLVER,
    AnswerKind.UNKNOWN: Disposition.INSUFFICIENT_INFO,
}
OUTSIDE_RESOLVES = "clients outside of the VPC resolve the API's name to its private addresses"


@dataclass(frozen=True)
class Target:
    """One thing that must be reached. Exactly one of `placements`, `networks`, `public` and `end` counts."""

    hop: Hop | None = None
    placements: tuple[Placement, ...] = ()
    networks: tuple[IPv4Network, ...] = ()
    public: Answer | None = None
    name: str = ""
    service: tuple[str, str] | None = None
    endpoint: str = ""
    end: Disposition | None = None
    assumptions: tuple[str, ...] = ()


def targets(snapshot: Snapshot, vpc: str, destination: Destination) -> list[Target]:
    """Return everything that the destination may be for a client in this VPC (empty: outside); all must be reached."""
    if isinstance(destination, Party):
        return [Target(placements=destination.placements, networks=destination.networks, name=destination.name)]
    if not vpc:
        return _from_outside(snapshot, destination)
    if isinstance(destination, ApiServer):
        name, answers = f"API of {destination.cluster}", names.resolve_api(snapshot, vpc, destination.cluster)
    else:
        name, answers = destination.name, names.resolve(snapshot, vpc, destination.name)
    undecided = [one for one in answers if one.kind is AnswerKind.UNKNOWN]
    return [_target(snapshot, name, one) for one in undecided or answers]


def _from_outside(snapshot: Snapshot, destination: ApiServer | DnsName) -> list[Target]:
    if isinstance(destination, ApiServer) and (cluster := snapshot.cluster_by_key.get(destination.cluster)):
        private, public = decide(cluster.private_access, bool), decide(cluster.public_access, bool)
        if private and public is False:
            party = control_plane.party(snapshot, cluster.key)
            return [Target(placements=party.placements, name=party.name, assumptions=(OUTSIDE_RESOLVES,))]
    text = "what a client outside of every VPC resolves is not in the input"
    hop = Hop(HopKind.RESOLVE, Outcome.UNKNOWN, Origin(str(destination)), text)
    return [Target(hop, end=Disposition.INSUFFICIENT_INFO)]


def _target(snapshot: Snapshot, name: str, answer: Answer) -> Target:
    good = Hop(HopKind.RESOLVE, Outcome.PASS, answer.origin, answer.detail)
    if answer.kind in ENDS:
        outcome = Outcome.UNKNOWN if answer.kind is AnswerKind.UNKNOWN else Outcome.FAIL
        return Target(Hop(HopKind.RESOLVE, outcome, answer.origin, answer.detail), end=ENDS[answer.kind])
    if answer.kind is AnswerKind.PUBLIC:
        return Target(good, public=answer, name=name, service=service_names.gateway_service(name))
    if answer.kind is AnswerKind.CLUSTER:
        return Target(good, placements=control_plane.party(snapshot, answer.target).placements, name=name)
    if answer.kind is AnswerKind.LOAD_BALANCER:
        found = next((one for one in snapshot.load_balancers if one.key == answer.target), None)
        if found:
            return Target(good, placements=(found.placement,), name=name)
    if answer.kind is AnswerKind.ENDPOINT:
        return _endpoint(snapshot, name, answer, good)
    if answer.kind is AnswerKind.ADDRESSES:
        return _addresses(snapshot, name, answer, good)
    return _lost(answer.origin, f"nothing is known about {answer.target}")


def _lost(origin: Origin, why: str) -> Target:
    return Target(Hop(HopKind.RESOLVE, Outcome.UNKNOWN, origin, why), end=Disposition.INSUFFICIENT_INFO)


def _endpoint(snapshot: Snapshot, name: str, answer: Answer, good: Hop) -> Target:
    found = snapshot.endpoint_by_key.get(answer.target)
    if found is None or decide(found.kind, lambda kind: kind is EndpointKind.INTERFACE) is not True:
        return _lost(answer.origin, f"{answer.target} is not known to be an interface endpoint")
    if known_or(found.subnets, None) == ():
        hop = Hop(HopKind.RESOLVE, Outcome.FAIL, found.origin, "the endpoint has no subnet, so no interface answers")
        return Target(hop, end=Disposition.NO_ENDPOINT_INTERFACE)
    return Target(good, control_plane.endpoint_placements(found), name=name, endpoint=found.key)


def _addresses(snapshot: Snapshot, name: str, answer: Answer, good: Hop) -> Target:
    placements = list[Placement]()
    for address in answer.addresses:
        one = _holder(snapshot, address)
        if one is None:
            return _lost(answer.origin, f"{name} answers {address}, which belongs to nothing in the input")
        placements.append(one)
    return Target(good, tuple(placements), name=name)


def _holder(snapshot: Snapshot, address: IPv4Address) -> Placement | None:
    for endpoint in snapshot.endpoints:
        for key, fixed in endpoint.addresses:
            if fixed == address:
                return Placement((key,), endpoint.groups, endpoint.origin, False, (fixed,))
    for one in (*snapshot.interfaces, *snapshot.instances, *snapshot.load_balancers, *snapshot.mount_targets):
        if address in one.placement.addresses:
            return one.placement
    return None


def ended(target: Target, place: str) -> Trace:
    """Return the trace of a target that ends at its name."""
    assert target.hop is not None and target.end is not None
    return Trace(target.end, (target.hop,), place, target.name, reason=target.hop.detail)

"""One decision on a flow's way, and how a list of them becomes a trace with a concrete packet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eksclave.net import Protocol
from eksclave.reach import sets
from eksclave.reach.answer import Disposition, Hop, HopKind, Outcome, Packet, Trace
from eksclave.reach.facts.values import known_or
from eksclave.reach.legs import Leg, subnet_of
from eksclave.reach.ruling import Ruling
from eksclave.reach.sets import Intervals

DISPOSITIONS = {
    HopKind.SOURCE_GROUP: Disposition.DENIED_BY_SECURITY_GROUP,
    HopKind.DESTINATION_GROUP: Disposition.DENIED_BY_SECURITY_GROUP,
    HopKind.SOURCE_NACL_OUT: Disposition.DENIED_BY_NACL,
    HopKind.DESTINATION_NACL_IN: Disposition.DENIED_BY_NACL,
    HopKind.RETURN_NACL_OUT: Disposition.DENIED_BY_NACL,
    HopKind.RETURN_NACL_IN: Disposition.DENIED_BY_NACL,
}
RESPONSES = (HopKind.RETURN_NACL_OUT, HopKind.RETURN_ROUTE, HopKind.RETURN_NACL_IN)


@dataclass(frozen=True)
class Step:
    """A ruling and what its box means: whose address it limits (`of_client`), in which direction the packet goes.

    The box's ports are the server's for requests and the client's for responses. `disposition` is what a failure is
    called.
    """

    kind: HopKind
    ruling: Ruling
    of_client: bool
    response: bool = False
    disposition: Disposition = Disposition.NO_ROUTE

    @property
    def hop(self) -> Hop:
        """The step as it is shown."""
        return Hop(self.kind, self.ruling.outcome, self.ruling.origin, self.ruling.detail)


def step(kind: HopKind, ruling: Ruling, of_client: bool, response: bool | None = None) -> Step:
    """Return the step of this kind; only a `TRANSIT` step has to say its direction."""
    back = kind in RESPONSES if response is None else response
    return Step(kind, ruling, of_client, back, DISPOSITIONS.get(kind, Disposition.NO_ROUTE))


def open_if(why: str, ruling: Ruling) -> Ruling:
    """Return the ruling, turned into unknown where it rests on a choice that is not known and did not pass."""
    if not why or ruling.outcome is Outcome.PASS:
        return ruling
    return replace(ruling, outcome=Outcome.UNKNOWN, detail=f"{ruling.detail}; {why}")


@dataclass(frozen=True)
class Flow:
    """The ports of one question as sets: the server's and the client's."""

    protocol: Protocol
    ports: Intervals
    client_ports: Intervals


def finish(
    flow: Flow, source: Leg, destination: Leg, steps: list[Step], public: bool = False, endpoint: str = ""
) -> Trace:
    """Return the trace of one pair of legs: the first failure decides, else the first open step, else it is
    accepted."""
    outcomes = [one.ruling.outcome for one in steps]
    bad = next((one for one in (Outcome.FAIL, Outcome.UNKNOWN) if one in outcomes), None)
    last = outcomes.index(bad) if bad else len(steps) - 1
    shown = steps[: last + 1]
    deciding = steps[last] if bad else None
    disposition = Disposition.ACCEPTED
    if deciding is not None:
        disposition = deciding.disposition if bad is Outcome.FAIL else Disposition.INSUFFICIENT_INFO
    assumed = dict.fromkeys(text for one in shown for text in one.ruling.assumptions)
    return Trace(
        disposition,
        tuple(one.hop for one in shown),
        source.place,
        destination.place,
        packet(flow, source, destination, deciding) if deciding and bad is Outcome.FAIL else None,
        deciding.ruling.detail if deciding else "",
        tuple(assumed),
        public,
        endpoint,
    )


def packet(flow: Flow, source: Leg, destination: Leg, deciding: Step) -> Packet | None:
    """Return a packet that meets the failing step: its own address and port there, the smallest allowed ones
    elsewhere."""
    client, server = source.where.addresses, destination.where.addresses
    client_port, server_port = flow.client_ports.first, flow.ports.first
    if (box := deciding.ruling.box) is not None:
        if box.addresses:
            client, server = (box.addresses, server) if deciding.of_client else (client, box.addresses)
        if box.ports:
            client_port, server_port = (
                (box.ports.first, server_port) if deciding.response else (client_port, box.ports.first)
            )
    if not client or not server:
        return None
    if deciding.of_client:
        near = client.first
        far = _apart(source, near, server).first
    else:
        far = server.first
        near = _apart(destination, far, client).first
    if near == far:
        near, far = (near, _next(server, far)) if _next(server, far) != far else (_next(client, near), far)
    near, far = sets.address(near), sets.address(far)
    if deciding.response:
        return Packet(far, server_port, near, client_port, flow.protocol, "response")
    return Packet(near, client_port, far, server_port, flow.protocol, "request")


def _apart(leg: Leg, number: int, others: Intervals) -> Intervals:
    """Return the other end's addresses without the subnet of this one, where routes and ACLs would not be asked."""
    subnet = subnet_of(leg, number) if len(leg.subnets) > 1 else None
    cidr = known_or(subnet.cidr, None) if subnet else None
    return (others - sets.network(cidr) or others) if cidr else others


def _next(addresses: Intervals, number: int) -> int:
    """Return another address of the set, or the same if there is none: a packet needs two interfaces."""
    rest = addresses - Intervals(((number, number),))
    return rest.first if rest else number

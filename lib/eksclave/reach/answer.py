"""What is answered: a trace, its hops, and the packet that fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from eksclave.net import Protocol
from eksclave.reach.facts.values import Origin


class Outcome(StrEnum):
    """Three outcomes of any question."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return fail if any fails, else unknown if any is unknown, else pass."""
    for one in (Outcome.FAIL, Outcome.UNKNOWN):
        if one in outcomes:
            return one
    return Outcome.PASS


class Disposition(StrEnum):
    """How a flow ends, in Batfish's manner."""

    ACCEPTED = "accepted"
    DENIED_BY_SECURITY_GROUP = "denied-by-security-group"
    DENIED_BY_NACL = "denied-by-nacl"
    NO_ROUTE = "no-route"
    NAME_GOES_PUBLIC = "name-goes-public"
    """The name answers public addresses and no route leads there."""
    NXDOMAIN = "nxdomain"
    """A private zone answers for the name and does not have it."""
    NO_RESOLVER = "no-resolver"
    """The VPC has no Amazon DNS."""
    NO_ENDPOINT_INTERFACE = "no-endpoint-interface"
    """The name answers an endpoint that has no interface."""
    NO_SUBJECT = "no-subject"
    """The source or the destination has no interface: nothing was asked."""
    INSUFFICIENT_INFO = "insufficient-info"


class HopKind(StrEnum):
    """The points that decide, in the order in which a trace lists them."""

    RESOLVE = "resolve"
    ROUTE_OUT = "route-out"
    SOURCE_GROUP = "source-security-group-egress"
    SOURCE_NACL_OUT = "source-nacl-outbound"
    TRANSIT = "transit"
    DESTINATION_NACL_IN = "destination-nacl-inbound"
    DESTINATION_GROUP = "destination-security-group-ingress"
    RETURN_NACL_OUT = "return-destination-nacl-outbound"
    RETURN_ROUTE = "return-route"
    RETURN_NACL_IN = "return-source-nacl-inbound"


@dataclass(frozen=True)
class Packet:
    """One packet; `direction` is `request` (from the client) or `response`."""

    source: IPv4Address
    source_port: int
    destination: IPv4Address
    destination_port: int
    protocol: Protocol
    direction: str

    def __str__(self) -> str:
        way = f"{self.source}:{self.source_port} → {self.destination}:{self.destination_port}"
        return f"{way} {self.protocol} ({self.direction})"


@dataclass(frozen=True)
class Hop:
    """One decision: `origin` is the rule, route, entry or thing that decided, `detail` says how in words."""

    kind: HopKind
    outcome: Outcome
    origin: Origin
    detail: str


@dataclass(frozen=True)
class Trace:
    """The answer to one question: the worst of all placement pairs.

    `hops` are those of the deciding pair; where it fails, the last of them failed. `stopped` is that hop. `packet` is a
    concrete packet that meets it (fail only; None where no packet comes into being: a name that does not resolve).
    `source_place` and `destination_place` name the pair (subnet addresses or network). `also` holds other pairs that
    fail
    or are unknown for a different reason, worst first, without repetition. `public` tells that the traffic crosses an
    internet gateway. `assumptions` are stated texts that a pass (or the answer) rests on.
    """

    disposition: Disposition
    hops: tuple[Hop, ...]
    source_place: str
    destination_place: str
    packet: Packet | None = None
    reason: str = ""
    assumptions: tuple[str, ...] = ()
    public: bool = False
    endpoint: str = ""
    """Key of the VPC endpoint (interface or gateway) that serves the deciding pair, if any."""
    also: tuple[Trace, ...] = ()
    endpoints: tuple[str, ...] = ()
    """Keys of the endpoints that serve any pair of a flow that arrives: all their policies are asked, separately."""

    @property
    def outcome(self) -> Outcome:
        """Pass, fail, or unknown."""
        if self.disposition is Disposition.ACCEPTED:
            return Outcome.PASS
        unsure = (Disposition.INSUFFICIENT_INFO, Disposition.NO_SUBJECT)
        return Outcome.UNKNOWN if self.disposition in unsure else Outcome.FAIL

    @property
    def stopped(self) -> Hop | None:
        """The hop that failed or was not decided."""
        return next((hop for hop in self.hops if hop.outcome is self.outcome), None) if self.outcome != "pass" else None

"""Private name spaces that answer in a VPC: zones of endpoints with private DNS, private hosted zones, forwarding
rules.

Source: Route 53 developer guide, private hosted zones (the most specific zone answers alone; both DNS attributes must
be
on) and Resolver rules (a rule wins over a zone of the same name); PrivateLink guide, private DNS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from eksclave.reach import service_names
from eksclave.reach.facts.dns import PrivateZone, ResolverRule, ZoneRecord
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.values import Origin, choices, decide, is_known, known_or, why_unknown
from eksclave.reach.snapshot import Snapshot

RULE, ZONE, ENDPOINT = 0, 1, 2


@dataclass(frozen=True)
class NameSpace:
    """One suffix that something in the VPC answers for. `open` says why it may not exist after all.

    `names` are the patterns an endpoint answers below it (the suffix itself, or `*.suffix`).
    """

    suffix: str
    rank: int
    origin: Origin
    endpoint: Endpoint | None = None
    zone: PrivateZone | None = None
    rule: ResolverRule | None = None
    names: tuple[str, ...] = ()
    open: str = ""
    doubtful: bool = False
    labels: int = field(default=0)


def within(name: str, suffix: str) -> bool:
    """Tell whether the name is the suffix or below it; the empty suffix (or `.`) holds every name."""
    return suffix in ("", ".") or name == suffix or name.endswith(f".{suffix}")


def name_spaces(snapshot: Snapshot, vpc: str, name: str) -> list[NameSpace]:
    """Return the name spaces that hold this name for resolvers of this VPC, the deciding one first."""
    found = [*_of_endpoints(snapshot, vpc, name), *_of_zones(snapshot, vpc, name), *_of_rules(snapshot, vpc, name)]
    return sorted(
        found, key=lambda one: (-len(one.suffix.strip(".").split(".")) if one.suffix.strip(".") else 0, one.rank)
    )


def _of_endpoints(snapshot: Snapshot, vpc: str, name: str) -> Iterator[NameSpace]:
    for one in snapshot.endpoints_near(vpc):
        here, private = decide(one.vpc, lambda key: key == vpc), decide(one.private_dns, bool)
        interface = decide(one.kind, lambda kind: kind is EndpointKind.INTERFACE)
        inbound = decide(one.dns_only_for_inbound_resolver, bool)
        if here is False or private is False or interface is False or inbound is True:
            continue
        why = "" if here and private and interface and inbound is False else _why(one)
        for suffix, names, doubtful in suffixes(one):
            if within(name, suffix):
                yield NameSpace(suffix, ENDPOINT, one.origin, endpoint=one, names=names, open=why, doubtful=doubtful)
        if not one.private_names and _nameless(one):
            yield NameSpace(name, ENDPOINT, one.origin, endpoint=one, open=_nameless(one))


def _why(endpoint: Endpoint) -> str:
    values = (endpoint.vpc, endpoint.private_dns, endpoint.kind, endpoint.dns_only_for_inbound_resolver)
    return next((why_unknown(one) for one in values if not is_known(one)), "it is not decided")


def _nameless(endpoint: Endpoint) -> str:
    """Return why it is open which names the endpoint answers; third-party services never answer AWS's own names."""
    if not is_known(endpoint.service):
        return f"the service of {endpoint.origin} is not known: {why_unknown(endpoint.service)}"
    return ""


def suffixes(endpoint: Endpoint) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Yield each suffix that the endpoint answers with private DNS, the patterns below it, and whether that is
    doubtful."""
    service = known_or(endpoint.service, "")
    sure = endpoint.private_names or service_names.covered_names(service) or ()
    doubtful = () if endpoint.private_names else service_names.doubtful_names(service)
    for names, unsure in ((sure, False), (doubtful, True)):
        spaces: dict[str, list[str]] = {}
        for one in names:
            spaces.setdefault(one.removeprefix("*."), []).append(one)
        for suffix, many in spaces.items():
            yield suffix, tuple(many), unsure


def _of_zones(snapshot: Snapshot, vpc: str, name: str) -> Iterator[NameSpace]:
    for zone in snapshot.private_zones:
        here = decide(zone.vpcs, lambda many: vpc in many)
        if here is False:
            continue
        for suffix in choices(zone.name) or (name,):
            if suffix == "" and service_names.gateway_service(name):
                continue  # a profile that is not seen is taken to leave to gateways what they carry
            if within(name, suffix):
                sure = here and is_known(zone.name)
                why = "" if sure else why_unknown(zone.vpcs) or why_unknown(zone.name) or "it is not decided"
                yield NameSpace(suffix, ZONE, zone.origin, zone=zone, open=why)


def _of_rules(snapshot: Snapshot, vpc: str, name: str) -> Iterator[NameSpace]:
    for rule in snapshot.resolver_rules:
        here = decide(rule.vpcs, lambda many: vpc in many)
        if here is False:
            continue
        for suffix in choices(rule.domain) or (name,):
            if within(name, suffix.rstrip(".")):
                sure = here and is_known(rule.domain)
                why = "" if sure else why_unknown(rule.vpcs) or why_unknown(rule.domain) or "it is not decided"
                yield NameSpace(suffix.rstrip("."), RULE, rule.origin, rule=rule, open=why)


def matches(name: str, pattern: str) -> bool:
    """Tell whether a DNS name is meant by a record's name, which may begin with `*.`."""
    return name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def record(zone: PrivateZone, name: str) -> tuple[ZoneRecord | None, str]:
    """Return the record that answers, and why that is open; None with no reason means that the name does not exist.

    An exact name wins; else the wildcard of the closest existing ancestor (RFC 4592).
    """
    sure = [one for one in zone.records if isinstance(one.name, str) and one.type in ("A", "CNAME")]
    exact = next((one for one in sure if one.name == name), None)
    if exact:
        return exact, ""
    why = zone.incomplete or next((why_unknown(one.name) for one in zone.records if not is_known(one.name)), "")
    every = {str(one.name) for one in zone.records if isinstance(one.name, str)}
    if name in every:
        return None, why
    labels = name.split(".")
    for index in range(1, len(labels)):
        ancestor = ".".join(labels[index:])
        wild = next((one for one in sure if one.name == f"*.{ancestor}"), None)
        if wild:
            return wild, why
        if any(within(one, ancestor) for one in every) or ancestor == zone.name:
            return None, why
    return None, why

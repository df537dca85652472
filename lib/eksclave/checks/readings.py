"""How the input was read where it does not keep everything: what an answer rests on, beside the input's own words.

Plan JSON keeps no locals, no indexes and no filters of `for`. Where a reader had to take one for the likely one, it
noted so at the address. An answer that touches this address says it, and `--strict` does not take it for a pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.answer import Trace
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import choices, known_or
from eksclave.reach.question import ApiServer, Party, Question

_RIGHTS = re.compile(r"role|policy|principal|instance_profile|kms|key_arn")
_ZONES = re.compile(r"subnet")


def readings_on(
    view: View, addresses: Iterable[str], about: Callable[[str], object] = lambda _: True
) -> tuple[str, ...]:
    """Return what the readers assumed about these addresses, once each; `about` chooses by the attribute."""
    by_address = view.snapshot.assumed_by_address
    touched = dict.fromkeys(address.partition(" (")[0].partition("#")[0] for address in addresses)
    return tuple(
        f"{address}{'.' if attribute else ''}{attribute}: {text}"
        for address in touched
        for attribute, text in by_address.get(address, ())
        if about(attribute)
    )


def readings(view: View, question: Question, trace: Trace) -> tuple[str, ...]:
    """Return what the readers assumed about anything that decides this flow: both sides, and the hops on its way."""
    if not view.snapshot.assumed:
        return ()
    touched = [hop.origin.address for one in (trace, *trace.also) for hop in one.hops]
    touched += _of_party(view, question.source, question.ports, True)
    other = question.destination
    if isinstance(other, ApiServer):
        other = view.control_plane
    if isinstance(other, Party):
        touched += _of_party(view, other, question.ports, False)
    endpoint = view.snapshot.endpoint_by_key.get(trace.endpoint)
    if endpoint is not None:
        place = Placement(endpoint.subnets, endpoint.groups, endpoint.origin)
        touched += _of_place(view, place, question.ports, False)
    return readings_on(view, touched, lambda attribute: attribute == "policy" or not _RIGHTS.search(attribute))


def with_readings(view: View, result: Result) -> Result:
    """Return the answer to a condition with what the readers assumed about the things that it looks at."""
    if result.readings or not view.snapshot.assumed:
        return result
    touched = [stop.address for stop in result.stopped_at] + list(_looked_at(view, result.requirement))
    read = readings_on(view, touched, _ABOUT.get(result.requirement, lambda _: True))
    return replace(result, assumptions=(*result.assumptions, *read), readings=read) if read else result


_ABOUT: dict[str, Callable[[str], object]] = {
    "R1": _ZONES.search,
    "R6": _RIGHTS.search,
    "R7": _RIGHTS.search,
    "R15": _ZONES.search,
}


def _looked_at(view: View, requirement: str) -> Iterator[str]:
    """Yield the addresses that a condition is about where no flow was traced for it."""
    if requirement == "R1":
        yield view.address
    if requirement in ("R6", "R7"):
        for group in view.node_groups:
            yield group.origin.address
            role = view.snapshot.role_by_key.get(known_or(group.role, ""))
            yield role.origin.address if role else ""
            yield from role.attachments if role and requirement == "R6" else ()
    if requirement == "R7":
        yield from (entry.origin.address for entry in view.snapshot.access_entries if view.belongs(entry.cluster))
    if requirement == "R15":
        yield from (endpoint.origin.address for endpoint in view.endpoints)


def _of_party(view: View, party: Party, ports: tuple[PortRange, ...], egress: bool) -> Iterator[str]:
    for place in party.placements:
        yield from _of_place(view, place, ports, egress)


def _of_place(view: View, place: Placement, ports: tuple[PortRange, ...], egress: bool) -> Iterator[str]:
    yield from _template(view, place.origin.address)
    for subnet in view.subnets(place.subnets):
        yield subnet.key
        yield from (origin.address for origin in (subnet.route_table_origin, subnet.nacl_origin) if origin)
        yield known_or(subnet.route_table, None) or ""
        acl = view.snapshot.nacl_by_key.get(known_or(subnet.nacl, ""))
        yield from (acl.origin.address, *(entry.origin.address for entry in acl.entries)) if acl else ()
    for key in dict.fromkeys(key for many in choices(place.groups) or () for key in many):
        group = view.snapshot.group_by_key.get(key)
        for rule in group.rules if group else ():
            open_to = known_or(rule.ports, None)
            if rule.egress is egress and (open_to is None or any(_meet(open_to, one) for one in ports)):
                yield rule.origin.address
        yield key


def _meet(one: PortRange, other: PortRange) -> bool:
    return one.first <= other.last and other.first <= one.last


def _template(view: View, address: str) -> Iterator[str]:
    """Yield a node group and the launch template that says what its nodes wear."""
    yield address
    for group in view.node_groups:
        if group.origin.address == address:
            yield known_or(group.launch_template, None) or ""

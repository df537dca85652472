"""Whom and what a person means by a word: roles, whole Terraform addresses, networks, services and DNS names."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network

from eksclave.catalog.endpoints import service_names
from eksclave.checks.serving import bastion_parties, called_name, runner_parties
from eksclave.checks.view import View
from eksclave.errors import EksclaveError, did_you_mean
from eksclave.reach.question import Destination, DnsName, Party

_ROLES: dict[str, Callable[[View], list[Party]]] = {
    "bastion": bastion_parties,
    "control-plane": lambda view: [view.control_plane],
    "nodes": lambda view: list(view.nodes),
    "pods": lambda view: list(view.pods),
    "runner": runner_parties,
}
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))+", re.I)
_ADDRESS = re.compile(r"(?:module|data|aws_\w+)\.|.*\.aws_\w+\.")
_INDEX = re.compile(r'\[(?:\d+|"[^"]*")\]$')


def sources(view: View, word: str) -> list[Party]:
    """Return who sends, by a role, an address or a network; raise where nobody is called so."""
    if word == "api":
        raise EksclaveError("'api' is a destination only", "as source write control-plane")
    if word in service_names():
        raise EksclaveError(f"'{word}' is an endpoint service, a destination only", "write who calls it, such as nodes")
    return _parties(view, word, "SOURCE", list(_ROLES))


def destinations(view: View, word: str) -> list[Destination]:
    """Return who is sent to: as `sources`, or the API, an endpoint service, a DNS name."""
    if word == "api":
        return [view.api]
    if word in service_names():
        return [DnsName(called_name(view, word))]
    name = word.lower().removesuffix(".")
    if _NAME.fullmatch(name) and not _ADDRESS.match(word) and not name.replace(".", "").isdigit():
        near = get_close_matches(name, service_names(), n=1, cutoff=0.85)
        if near:
            raise EksclaveError(f"no endpoint service is called '{word}'", f"did you mean '{near[0]}'?")
        return [DnsName(name)]
    return list(_parties(view, word, "DESTINATION", ["api", *_ROLES, *service_names()]))


def _parties(view: View, word: str, place: str, words: list[str]) -> list[Party]:
    if not word.strip():
        raise EksclaveError(f"{place} is empty", f"write one of {', '.join(_known(words))}, or a Terraform address")
    if word == view.address:
        raise EksclaveError(f"'{word}' is the cluster", "write control-plane for who sends, api for what is called")
    if word in _ROLES:
        found = _ROLES[word](view)
        if not found:
            raise EksclaveError(f"the input shows no {word} of {view.address}")
        return found
    every = [*view.nodes, *view.pods, *bastion_parties(view), *runner_parties(view)]
    names = [(party, _names(view, party)) for party in every]
    for wanted in (lambda name: name == word, lambda name: _INDEX.sub("", name) == word):
        named = [party for party, called in names if any(map(wanted, called))]
        if named:
            first = "pods" if named[0].name.startswith("pods") else "nodes"
            return [one for one in named if one.name.startswith(first)] or named
    if network := _network(word):
        return [Party(word, networks=(network,))]
    hint = did_you_mean(word, [*words, *(one for _, called in names for one in called)])
    more = "a Terraform address of a node group or instance, or a network such as 10.1.0.0/16"
    raise EksclaveError(f"nothing is called '{word}'", hint or f"write one of {', '.join(_known(words))}, {more}")


def _known(words: list[str]) -> list[str]:
    return sorted({*_ROLES, "api"} & {*words})


def _names(view: View, party: Party) -> set[str]:
    """Return what a party is called: its printed name, and the address of everything that stands in its place."""
    found = {party.name}
    for place in party.placements:
        found.add(place.origin.address)
        found |= {
            group.origin.address
            for group in view.node_groups
            if (group.subnets, group.groups) == (place.subnets, place.groups)
        }
    return found


def _network(word: str) -> IPv4Network | None:
    try:
        return IPv4Network(word)
    except ValueError:
        pass
    try:
        loose = IPv4Network(word, strict=False)
    except ValueError:
        if ":" in word and _is_ipv6(word):
            raise EksclaveError(f"{word} is a network of IPv6", "explain traces IPv4") from None
        return None
    raise EksclaveError(f"{word} has host bits set", f"write {loose}")


def _is_ipv6(word: str) -> bool:
    try:
        IPv6Network(word, strict=False)
    except ValueError:
        return False
    return True

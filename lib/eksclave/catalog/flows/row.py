"""What one row of the catalogue of required flows says."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from eksclave.catalog.features import Feature
from eksclave.net import PortRange, Protocol

Impact = Literal["boot", "degraded", "access", "apply"]


class Role(StrEnum):
    """Who sends, or who is sent to."""

    NODE = "node"
    POD = "pod"
    CONTROL_PLANE = "control-plane"
    BASTION = "bastion"
    OPERATOR = "operator"
    RUNNER = "runner"
    CLIENT = "client"
    LOAD_BALANCER = "load-balancer"
    MOUNT_TARGET = "mount-target"
    RESOLVER = "resolver"
    LINK_LOCAL = "link-local"


@dataclass(frozen=True)
class When:
    """Applies where one of the clauses holds: all features of `needs` are there and none of `without`."""

    clauses: tuple[tuple[frozenset[Feature], frozenset[Feature]], ...]

    def __call__(self, features: Set[Feature]) -> bool:
        return any(needs <= features and not without & features for needs, without in self.clauses)

    def __or__(self, other: When) -> When:
        return When(self.clauses + other.clauses)

    def unless(self, *features: Feature) -> When:
        """Return the same predicate that does not hold where one of these features is there."""
        return When(tuple((needs, without | frozenset(features)) for needs, without in self.clauses))

    def __str__(self) -> str:
        if not self.clauses:
            return "never"
        return "; or ".join(_said(needs, without) for needs, without in self.clauses)

    @property
    def features(self) -> frozenset[Feature]:
        """Every feature that can make this apply."""
        return frozenset(feature for needs, _ in self.clauses for feature in needs)


def any_of(*features: Feature) -> When:
    """Applies where one of these features is there."""
    return When(tuple((frozenset({feature}), frozenset()) for feature in features))


def all_of(*features: Feature) -> When:
    """Applies where all of these features are there."""
    return When(((frozenset(features), frozenset()),))


def _said(needs: frozenset[Feature], without: frozenset[Feature]) -> str:
    words = " and ".join(sorted(needs)) or "always"
    return f"{words}, but not with {' or '.join(sorted(without))}" if without else words


ALWAYS = When(((frozenset(), frozenset()),))
NEVER = When(())
COMPUTE = any_of(Feature.NODES, Feature.FARGATE)


@dataclass(frozen=True)
class PortUse:
    """One protocol and port range; `only_with` narrows it to clusters with one of these features."""

    protocol: Protocol
    ports: PortRange
    only_with: frozenset[Feature] = frozenset()

    def __str__(self) -> str:
        return f"{self.ports}/{self.protocol}"


def tcp(first: int, last: int | None = None, *only_with: Feature) -> PortUse:
    """Return a TCP port, or a range."""
    return PortUse(Protocol.TCP, PortRange(first, last or first), frozenset(only_with))


def udp(port: int) -> PortUse:
    """Return a UDP port."""
    return PortUse(Protocol.UDP, PortRange.of(port))


HTTPS = (tcp(443),)


@dataclass(frozen=True)
class RequiredFlow:
    """One fact: who must reach what, or which condition must hold, when, and what one sees where it does not.

    `kind`: a `service` is reached through a VPC endpoint (`services` holds the suffixes), a `path` ends at `target`,
    `local` traffic is filtered by nothing, and a `condition` is a property of the configuration that flows rest on.
    `services_with` narrows a service to clusters with one of the features.
    """

    id: str
    title: str
    kind: Literal["service", "path", "local", "condition"]
    when: When
    impact: Impact
    symptom: str
    fix: str
    source: str
    confidence: str
    sources: tuple[Role, ...] = ()
    target: Role | None = None
    services: tuple[str, ...] = ()
    ports: tuple[PortUse, ...] = ()
    services_with: tuple[tuple[str, frozenset[Feature]], ...] = ()
    note: str = ""

    def services_for(self, features: Set[Feature]) -> tuple[str, ...]:
        """Return the endpoint suffixes that this flow needs in a cluster with these features."""
        narrowed = dict(self.services_with)
        return tuple(s for s in self.services if s not in narrowed or narrowed[s] & features)

    def ports_for(self, features: Set[Feature]) -> tuple[PortUse, ...]:
        """Return the ports that this flow needs in a cluster with these features."""
        return tuple(use for use in self.ports if not use.only_with or use.only_with & features)

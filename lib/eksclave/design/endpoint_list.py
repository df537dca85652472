"""The endpoints of a list of features, without a spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eksclave.catalog.addons import addon_or_none
from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.endpoints import ENDPOINTS, find_service
from eksclave.catalog.features import Feature, find_feature, with_implied
from eksclave.catalog.prices import interface_price, monthly
from eksclave.catalog.regions import find_region
from eksclave.catalog.services import EndpointService
from eksclave.design.endpoints import required_endpoints

USUAL = ("managed-nodes", "al2023", "pod-identity", "vpc-cni", "coredns", "kube-proxy", "ssm-bastion")
"""What most clusters use; taken where no feature is named."""


@dataclass(frozen=True)
class EndpointRow:
    """One endpoint service in one Region: who needs it, and its price."""

    service: str
    service_name: str
    kind: str
    offered: bool
    monthly_usd: float
    dns_names: tuple[str, ...]
    reasons: tuple[str, ...]


def rows_for(words: tuple[str, ...], region: str, zones: int) -> tuple[EndpointRow, ...]:
    """Return the endpoints that these features and add-ons need, by service."""
    find_region(region)
    features: set[Feature] = set()
    parts: list[AddonFacts] = []
    for word in words or USUAL:
        part = addon_or_none(word)
        if part is not None:
            parts.append(part)
            features.update(part.features)
        else:
            features.add(find_feature(word))
    needed = required_endpoints(with_implied(features), tuple(parts))
    return tuple(_row(find_service(suffix), region, zones, needed[suffix][0]) for suffix in needed)


def all_rows(region: str, zones: int) -> tuple[EndpointRow, ...]:
    """Return every endpoint service of the catalogue, with its caveat."""
    find_region(region)
    return tuple(_row(service, region, zones, (service.caveat,) if service.caveat else ()) for service in ENDPOINTS)


def total(rows: Iterable[EndpointRow], region: str) -> tuple[float, str]:
    """Return dollars a month for all rows, and the note about the price."""
    return round(sum(row.monthly_usd for row in rows if row.offered), 2), interface_price(region).note


def _row(service: EndpointService, region: str, zones: int, reasons: tuple[str, ...]) -> EndpointRow:
    free = service.free or service.kind == "Gateway"
    return EndpointRow(
        service=service.suffix,
        service_name=service.service_name(region),
        kind=service.kind,
        offered=service.offered_in(region),
        monthly_usd=0.0 if free else monthly(interface_price(region).hourly, zones),
        dns_names=service.dns_names_in(region),
        reasons=reasons,
    )

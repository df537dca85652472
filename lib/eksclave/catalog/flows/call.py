"""Rows for calls to AWS services."""

from __future__ import annotations

from eksclave.catalog.features import Feature
from eksclave.catalog.flows.row import HTTPS, Impact, RequiredFlow, Role, When


def call(
    id: str,
    title: str,
    sources: tuple[Role, ...],
    services: tuple[str, ...],
    when: When,
    impact: Impact,
    symptom: str,
    source: str,
    confidence: str = "read in source",
    services_with: tuple[tuple[str, frozenset[Feature]], ...] = (),
    note: str = "",
) -> RequiredFlow:
    """Return a row for HTTPS calls to these endpoint services."""
    named = " and ".join(services)
    return RequiredFlow(
        id,
        title,
        "service",
        when,
        impact,
        symptom,
        f"make the VPC endpoint of {named}, with private DNS, in every zone, open to who calls it",
        source,
        confidence,
        sources=sources,
        services=services,
        ports=HTTPS,
        services_with=services_with,
        note=note,
    )

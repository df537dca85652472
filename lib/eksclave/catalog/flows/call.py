"""Rows for calls to AWS services."""

from __future__ import annotations

from eksclave.catalog.features import Feature
from eksclave.catalog.flows.row import HTTPS, Impact, RequiredFlow, Role, When

_S3 = "make the gateway endpoint of s3, and name in it the route table of every subnet that pulls images"


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
        _S3 if services == ("s3",) else f"make the VPC endpoint of {named}, with private DNS, open to who calls it",
        source,
        confidence,
        sources=sources,
        services=services,
        ports=HTTPS,
        services_with=services_with,
        note=note,
    )

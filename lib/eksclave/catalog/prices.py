"""What VPC endpoints cost. Prices are list prices in USD before tax; only some Regions' were found."""

from __future__ import annotations

from dataclasses import dataclass

HOURS_PER_MONTH = 730

# AWS PrivateLink pricing page, us-east-1: per interface endpoint, per zone, per hour (a begun hour counts whole).
_DEFAULT_REGION = "us-east-1"
_INTERFACE_HOURLY: dict[str, float] = {_DEFAULT_REGION: 0.01}

INTERFACE_GB = 0.01
"""Per GB through interface endpoints in us-east-1, up to the first PB of a month."""

NAT_HOURLY = 0.045
NAT_GB = 0.045
"""VPC pricing page, us-east-1: one NAT gateway per hour, and per GB through it."""


@dataclass(frozen=True)
class Price:
    """The hourly price of one interface endpoint in one zone, and what to know about the number."""

    hourly: float
    note: str


def interface_price(region: str) -> Price:
    """Return the price of an interface endpoint; where the Region's is not known, the one of us-east-1, and say so."""
    if region in _INTERFACE_HOURLY:
        return Price(_INTERFACE_HOURLY[region], f"list price of {region}; data is billed on top, ${INTERFACE_GB}/GB")
    note = f"price of {_DEFAULT_REGION}; other regions differ. Data is billed on top, ${INTERFACE_GB}/GB"
    return Price(_INTERFACE_HOURLY[_DEFAULT_REGION], note)


def monthly(hourly: float, zones: int) -> float:
    """Return dollars a month for something that is billed per zone and hour."""
    return round(hourly * zones * HOURS_PER_MONTH, 2)


def nat_monthly(zones: int) -> float:
    """Return what a NAT gateway in every zone would cost a month, without data, for comparison."""
    return monthly(NAT_HOURLY, zones)

"""Interface endpoints have one subnet per zone, in zones that the service supports.

Why
    A second subnet of the same zone, or a zone without the service, stops the apply.

Fix
    Give the endpoint one subnet of each zone that the service supports.

Source
    eksctl issue 8150; terraform-aws-vpc issues 785, 634, 462.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.endpoints import service_or_none
from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.people import linked_vpcs
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.values import choices, is_known, known_or, why_unknown

ASKS = ("R15",)
_GATEWAYS = ("s3", "dynamodb", "s3express")
"""VPC user guide, gateway endpoints: no other service has one."""


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the subnets of each interface endpoint."""
    wrong, asked = 0, 0
    near = {view.vpc_key, *linked_vpcs(view)}
    for endpoint in (one for one in view.snapshot.endpoints if one.vpc in near):
        if EndpointKind.INTERFACE not in (choices(endpoint.kind) or (EndpointKind.INTERFACE,)):
            suffix = known_or(endpoint.service, "").rpartition(".")[2]
            if endpoint.kind is EndpointKind.GATEWAY and suffix and suffix not in _GATEWAYS:
                wrong += 1
                fix = f'set vpc_endpoint_type = "Interface" on {endpoint.origin.address}'
                yield fails(view, "R15", f"AWS offers no gateway endpoint for {suffix}", endpoint.origin, fix=fix)
            continue
        asked += 1
        if not is_known(endpoint.kind) or choices(endpoint.subnets) is None:
            wrong += 1
            why = why_unknown(endpoint.kind) or why_unknown(endpoint.subnets)
            yield unsure(view, "R15", f"the subnets of {endpoint.origin.address}: {why}", endpoint.origin)
            continue
        readings = [list(_refused(view, endpoint, keys)) for keys in choices(endpoint.subnets) or ()]
        if any(readings) and not all(readings):
            wrong += 1
            why = f"the subnets of {endpoint.origin.address}: {why_unknown(endpoint.subnets)}"
            yield unsure(view, "R15", why, endpoint.origin)
        elif any(readings):
            wrong += 1
            yield from readings[0]
    if asked and not wrong:
        assumed = ("AWS offers each service in the zones of its endpoint's subnets: the lists are not public",)
        yield passes(view, "R15", "every interface endpoint has one subnet per zone", assumed)


def _refused(view: View, endpoint: Endpoint, keys: tuple[str, ...]) -> Iterator[Result]:
    """Yield what AWS has against an endpoint in these subnets."""
    service = service_or_none(known_or(endpoint.service, ""))
    seen: dict[str, str] = {}
    if not keys:
        yield fails(view, "R15", "the endpoint has no subnet, so no interface", endpoint.origin)
    for subnet in view.subnets(keys):
        zone, where = known_or(subnet.zone, ""), subnet.origin.address
        if zone and zone in seen:
            reason = f"{seen[zone]} and {where} are both in {zone}: an endpoint takes one subnet per zone"
            fix = f"remove {where} from subnet_ids of {endpoint.origin.address}"
            yield fails(view, "R15", reason, endpoint.origin, fix=fix)
        seen.setdefault(zone, where)
        if service and zone in service.unsupported_zone_ids:
            yield fails(view, "R15", f"{service.suffix} is not offered in {zone}", endpoint.origin)

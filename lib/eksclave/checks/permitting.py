"""Whether the policies of the endpoints on a flow's way let its calls through."""

from __future__ import annotations

import re
from dataclasses import replace

from eksclave.checks.asking import say, stop
from eksclave.checks.calling import assumed, calls
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.values import choices
from eksclave.reach.policies import Decision, Request, decide_endpoint


def judged(view: View, requirement: str, service: str, keys: tuple[str, ...], passed: Result) -> Result:
    """Return the result of a flow that arrives: the worst that the policies of its endpoints say to its calls."""
    worst, rests = passed, False
    for key in keys:
        endpoint = view.snapshot.endpoint_by_key.get(key)
        if endpoint is None or endpoint.policy is None:
            continue
        rests = True
        for request in calls(view, requirement, service, endpoint):
            found = decide_endpoint(endpoint.policy, request, _is_gateway(endpoint), endpoint.origin)
            if found.outcome is Outcome.FAIL:
                return _refused(view, requirement, service, endpoint, request, found, passed)
            if found.outcome is Outcome.UNKNOWN and worst is passed:
                worst = _refused(view, requirement, service, endpoint, request, found, passed)
    if rests and worst is passed:
        return replace(passed, assumptions=tuple(dict.fromkeys((*passed.assumptions, *assumed(view)))))
    return worst


def _is_gateway(endpoint: Endpoint) -> bool:
    return EndpointKind.INTERFACE not in (choices(endpoint.kind) or (EndpointKind.GATEWAY,))


def _refused(
    view: View, requirement: str, service: str, endpoint: Endpoint, request: Request, found: Decision, passed: Result
) -> Result:
    where, statement = endpoint.origin.address, found.statement
    resource = request.resource.replace("\x00", "…")
    action = "some of its actions" if "\x00" in request.action else request.action
    on = "" if resource in ("*", "…") else f" on {resource}"
    said = "denies" if found.outcome is Outcome.FAIL else "may deny"
    how = f"by statement '{statement.sid or statement.origin}'" if statement else "as no statement allows it"
    if found.outcome is Outcome.UNKNOWN and statement is None:
        how = found.detail
    reason = f"the policy of {where} {said} {action}{on}, {how}"
    fix = (
        f'add to the policy of {where}: Effect "Allow", Principal "*", Action "{action}", '
        f'Resource "{_general(resource)}"'
    )
    if statement is not None and found.outcome is Outcome.FAIL:
        fix = f"narrow statement '{statement.sid or statement.origin}' so that it does not deny {action}{on}"
    because = ("R12",)
    if service == "s3":
        because = ("R14",)
    elif request.principal is None:
        because = ("R13", "R12")
    return say(
        view,
        requirement,
        found.outcome,
        reason,
        [stop(endpoint.origin, reason)],
        fix=fix,
        because=because if found.outcome is Outcome.FAIL else (),
        source=passed.source,
        destination=passed.destination,
    )


def _general(resource: str) -> str:
    if resource in ("*", "…"):
        return "*"
    return re.sub(r"(repository/|starport-layer-bucket/).*", r"\1*", resource).replace("…", "*")

"""The bastion's role may talk to Systems Manager.

Why
    An agent without AmazonSSMManagedInstanceCore never comes online, however open the network is.

Fix
    Give the bastion an instance profile whose role carries AmazonSSMManagedInstanceCore.

Source
    Systems Manager user guide, instance permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import fails, unsure
from eksclave.checks.granting import grants
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.values import choices, why_unknown

ASKS = ("B2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the role of each bastion that people are meant to reach by a session."""
    if not find_flow("B2").when(view.features):
        return
    for host in view.bastions:
        where, keys = host.origin.address, choices(host.role)
        role = view.snapshot.role_by_key.get(keys[0] or "") if keys and len(keys) == 1 else None
        if keys == (None,):
            reason = f"{where} has no instance profile, so its agent cannot register"
            fix = f"give {where} an instance profile whose role carries AmazonSSMManagedInstanceCore"
            yield fails(view, "B2", reason, host.origin, fix=fix)
            continue
        if role is None:
            why = why_unknown(host.role) or "it is not in the input"
            yield unsure(view, "B2", f"the role of {where}: {why}", host.origin)
            continue
        found = grants(view, role, "session")
        if found.outcome is Outcome.UNKNOWN:
            yield unsure(view, "B2", f"the role of {where}: {found.why}", host.origin)
        elif found.outcome is Outcome.FAIL:
            reason = f"the role of {where} lacks AmazonSSMManagedInstanceCore: {found.why}"
            yield fails(
                view, "B2", reason, role.origin, fix=f"attach AmazonSSMManagedInstanceCore to {role.origin.address}"
            )

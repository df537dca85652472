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
from eksclave.checks.people import has_ssm
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import choices, why_unknown

ASKS = ("B2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the role of each bastion that people are meant to reach by a session."""
    if not find_flow("B2").when(view.features):
        return
    for host in view.bastions:
        if has_ssm(view, host.role):
            continue
        keys = choices(host.role)
        role = view.snapshot.role_by_key.get(keys[0] or "") if keys and len(keys) == 1 else None
        if keys == (None,):
            reason = f"{host.origin.address} has no instance profile, so its agent cannot register"
            fix = f"give {host.origin.address} an instance profile whose role carries AmazonSSMManagedInstanceCore"
            yield fails(view, "B2", reason, host.origin, fix=fix)
        elif role is None or role.managed_incomplete:
            why = why_unknown(host.role) or (role.managed_incomplete if role else "it is not in the input")
            yield unsure(view, "B2", f"the role of {host.origin.address}: {why}", host.origin)
        else:
            reason = f"the role of {host.origin.address} lacks AmazonSSMManagedInstanceCore"
            fix = f"attach AmazonSSMManagedInstanceCore to {role.origin.address}"
            yield fails(view, "B2", reason, role.origin, fix=fix)

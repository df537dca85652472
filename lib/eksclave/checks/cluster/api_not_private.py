"""The API endpoint is private and not public.

Why
    Terraform's defaults are the opposite: then nodes leave for a public address that a closed network does not
    reach, and everyone else reaches the API.

Fix
    Set endpoint_private_access to true and endpoint_public_access to false.

Source
    EKS user guide, private-clusters; tf-aws-eks issues 2149, 1867.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import decide, why_unknown

ASKS = ("R2",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask both flags."""
    cluster, wrong = view.cluster, 0
    flags = (
        ("endpoint_private_access", cluster.private_access, True),
        ("endpoint_public_access", cluster.public_access, False),
    )
    for name, value, wanted in flags:
        found = decide(value, bool)
        if found is None:
            wrong += 1
            yield unsure(view, "R2", f"{name}: {why_unknown(value)}", cluster.origin)
        elif found is not wanted:
            wrong += 1
            should = str(wanted).lower()
            yield fails(
                view,
                "R2",
                f"{name} is {str(found).lower()}",
                cluster.origin,
                fix=f"set {name} to {should} on {view.address}",
            )
    if not wrong:
        yield passes(view, "R2", "the API endpoint is private, and not public")

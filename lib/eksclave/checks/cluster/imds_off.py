"""Nodes and bastions have a metadata service.

Why
    A node signs its calls with credentials that the metadata service hands out, and reads there who it is. No security
    group, NACL or route table filters it, but a launch template can switch it off: the node then never joins.

Fix
    Set http_endpoint of metadata_options to "enabled", or leave it away.

Source
    EC2 user guide, instance metadata options; EKS user guide, launch-templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import Origin, Value, decide, why_unknown

ASKS = ("L1",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the metadata options of every node group and bastion."""
    if not find_flow("L1").when(view.features):
        return
    asked: list[tuple[Value[bool], Origin]] = [(group.metadata, group.origin) for group in view.node_groups]
    asked += [(host.metadata, host.origin) for host in view.bastions]
    wrong = 0
    for value, origin in asked:
        answer = decide(value, bool)
        if answer is False:
            wrong += 1
            fix = f'set http_endpoint of the metadata_options of {origin.address} or its launch template to "enabled"'
            yield fails(view, "L1", f"the metadata service of {origin.address} is switched off", origin, fix=fix)
        elif answer is None:
            wrong += 1
            yield unsure(view, "L1", f"whether it has a metadata service: {why_unknown(value)}", origin)
    if not wrong:
        yield passes(view, "L1", "no security group, NACL or route table filters it, and nobody switched it off")

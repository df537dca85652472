"""Link-local traffic passes: no security group, NACL or route table filters it.

Why
    DNS, DHCP, the metadata service and Time Sync are often opened by rules that do nothing, or blamed for what another
    rule does.

Fix
    Nothing to write in Terraform, except for the metadata hop limit of pods that ask it (L2).

Source
    VPC user guide: security groups, network ACLs; EKS user guide, launch-templates and al2023.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import passes
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("L3", "L4", "L5", "C12")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Say so, once per requirement."""
    for id in ASKS:
        if find_flow(id).when(view.features):
            yield passes(view, id, "no security group, NACL or route table filters it")

"""Interface endpoints answer their services' public names.

Why
    Without private DNS the SDK resolves a public address and times out, as if the endpoint were not there.

Fix
    Set private_dns_enabled to true, or alias the name in a private hosted zone of the VPC.

Source
    PrivateLink guide, private DNS; re:Post vpc-interface-configure-dns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.from_flows import from_flows
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("D5",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the traced flows."""
    yield from from_flows(view, "D5", so_far, "every endpoint that a flow needs answers its public name privately")

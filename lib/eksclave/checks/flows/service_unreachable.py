"""Every AWS service that nodes, pods, bastions and runners call answers them.

Why
    A closed network has no way to AWS but its VPC endpoints. One service that does not answer stops a boot, a
    controller
    or a session, and what is seen is a timeout somewhere else.

Fix
    Make the endpoint that is missing, switch its private DNS on, let its callers into its security group and out of
    their own, and let the NACLs pass both ways.

Source
    EKS user guide, private-clusters; the source of each row of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import FLOWS
from eksclave.checks.asking import say
from eksclave.checks.result import Result
from eksclave.checks.serving import ask_service, sources
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome

ASKS = tuple(flow.id for flow in FLOWS if flow.kind == "service")


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask each service of each row that applies, from each of its callers."""
    for flow in FLOWS:
        if flow.kind != "service" or not flow.when(view.features):
            continue
        for party in sources(view, flow.id):
            for service in flow.services_for(view.features):
                if view.region:
                    yield ask_service(view, flow.id, party, service)
                else:
                    reason = "the cluster's Region is not in the input, so the names that are called are not known"
                    yield say(view, flow.id, Outcome.UNKNOWN, reason, source=party.name, destination=service)

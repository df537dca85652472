"""Load balancers reach their targets, and clients reach load balancers.

Why
    A load balancer whose security group the nodes do not know has only unhealthy targets. In instance mode it needs the
    node ports, in ip mode the pods' ports, and the health checks' ports.

Fix
    Let the load balancer's security group into the target ports of the nodes' group, and the clients into its own.

Source
    LBC docs, security groups; VPC user guide, nacl-ephemeral-ports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.flows import find_flow
from eksclave.checks.asking import broken, traced
from eksclave.checks.mending import mend
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.facts.hosts import Listener, LoadBalancer
from eksclave.reach.facts.values import known_or
from eksclave.reach.question import Client, Party, Question

ASKS = ("E1", "E2", "E3", "E4")
ONE_IS_ENOUGH = True  # which of them apply depends on the listeners
_NODE_PORTS = PortRange(30000, 32767)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Trace from load balancers to the nodes and pods that their listeners name, and from operators to them."""
    if not find_flow("E2").when(view.features):
        return
    for balancer in view.load_balancers:
        party = Party(f"load balancer {balancer.origin.address}", (balancer.placement,), client=Client.ANY)
        for listener in balancer.listeners:
            ip = known_or(listener.target_type, "") == "ip"
            kept = balancer.kind == "network" and known_or(listener.preserve_client_ip, None) is True
            for ports in _target_ports(listener, ip):
                for target in view.pods if ip else view.nodes:
                    yield _one(view, "E2" if ip else "E3", party, target, ports)
                    yield from (_one(view, "E4", client, target, ports) for client in _clients(view) if kept)
        for port in _listened(balancer):
            for client in _clients(view):
                yield _one(view, "E1", client, party, PortRange.of(port))


def _target_ports(listener: Listener, ip: bool) -> list[PortRange]:
    known = {known_or(listener.target_port, None), known_or(listener.health_port, None)} - {None}
    if not ip and not any(port and port >= 30000 for port in known):
        return [_NODE_PORTS]
    return [PortRange.of(port) for port in sorted(port for port in known if port)]


def _listened(balancer: LoadBalancer) -> list[int]:
    return sorted({port for one in balancer.listeners if (port := known_or(one.port, 0))})


def _clients(view: View) -> list[Party]:
    """Return those who are seen to work with the cluster from outside."""
    return [Party(f"clients in {one}", networks=(one,), client=Client.ANY) for one in view.operators]


def _one(view: View, id: str, source: Party, target: Party, ports: PortRange) -> Result:
    question = Question(source, target, (ports,))
    trace = view.trace(question)
    fix = mend(view, question, trace, target.name)
    return traced(view, id, question, trace, source.name, f"{target.name} on {ports}/tcp", broken(trace), fix)
